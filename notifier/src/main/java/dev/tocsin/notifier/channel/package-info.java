/// The extension point: the interface, the registry ([Channels]) and every channel, flat. A new channel is one file here
/// and one line there; what speaks HTTP goes by way of [JudgedHttp].
@NullMarked
package dev.tocsin.notifier.channel;

import org.jspecify.annotations.NullMarked;
