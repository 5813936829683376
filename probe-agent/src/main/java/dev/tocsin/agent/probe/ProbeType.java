package dev.tocsin.agent.probe;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/// A kind of probe: its name (also the key of its block in a check), the URL schemes it serves, and how to make one.
///
/// @param spec the record its block is bound to; validates itself
/// @param conditions what holds where a check states no condition
/// @param factory does no I/O; throws [IllegalArgumentException] for a target that cannot be
public record ProbeType<S>(
        String name,
        Set<String> schemes,
        Class<S> spec,
        List<String> conditions,
        BiFunction<URI, S, Probe> factory) {

    static URI withPort(URI target) {
        if (target.getHost() == null || target.getPort() < 1) {
            throw new IllegalArgumentException(
                    "url: needs host and port, e.g. " + target.getScheme() + "://example.com:443");
        }
        return target;
    }
}
