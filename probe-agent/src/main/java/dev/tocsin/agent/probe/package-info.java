/// The extension point: the interface, the registry ([ProbeTypes]) and every probe, flat. A new probe is one file here
/// and one line there.
@NullMarked
package dev.tocsin.agent.probe;

import org.jspecify.annotations.NullMarked;
