/// The extension point: the interface, the registry ([Channels]) and every channel, flat. A new channel is one file here
/// and one line there.
@NullMarked
package dev.tocsin.notifier.channel;

import org.jspecify.annotations.NullMarked;
