package dev.tocsin.notifier.channel;

import java.util.Map;
import java.util.function.BiFunction;

/// A kind of channel: the `type` of a target, the record its keys are bound to, and how to make what tells it.
///
/// @param factory does no I/O, and refuses with an [IllegalArgumentException] what can never be told. Each channel is told for itself, and has a name among those of its target: empty where there is one
public record ChannelType<S>(
        String name, Class<S> spec, BiFunction<S, JudgedHttp, Map<String, Channel>> factory) {}
