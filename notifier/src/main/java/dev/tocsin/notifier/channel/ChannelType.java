package dev.tocsin.notifier.channel;

import java.util.function.Function;

/// A kind of channel: the `type` of a target, the record its keys are bound to, and how to make one.
///
/// @param factory does no I/O
public record ChannelType<S>(String name, Class<S> spec, Function<S, Channel> factory) {}
