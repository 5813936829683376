/// A check: from the user's YAML to a definition on the wire, and from a definition to something that can be run.
@NullMarked
package dev.tocsin.agent.check;

import org.jspecify.annotations.NullMarked;
