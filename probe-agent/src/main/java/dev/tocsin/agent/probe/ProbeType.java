package dev.tocsin.agent.probe;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A kind of probe: its name (also the key of its block in a check), the URL schemes it serves, and how to make one.
///
/// @param spec the record its block is bound to; validates itself
/// @param conditions what holds where a check states no condition
/// @param finds placeholders that its runs may give beside those of every probe, e.g. `STATUS`, and what they are
/// @param factory does no I/O; throws [IllegalArgumentException] for a target that cannot be
public record ProbeType<S>(
        String name,
        Set<String> schemes,
        Class<S> spec,
        List<String> conditions,
        Map<String, Value> finds,
        BiFunction<URI, S, Probe> factory) {

    /// What stands in a placeholder's place.
    public enum Value {
        NUMBER,
        TEXT,
        DURATION,
        BOOLEAN
    }

    /// What every run that got through has.
    private static final Map<String, Value> ALL =
            Map.of("CONNECTED", Value.BOOLEAN, "RESPONSE_TIME", Value.NUMBER, "IP", Value.TEXT);

    /// @throws IllegalArgumentException when no run of its ever has it: a condition on it would never hold
    public Value found(String placeholder) {
        var value = ALL.getOrDefault(placeholder, finds.get(placeholder));
        if (value == null) {
            throw new IllegalArgumentException(
                    "%s has no [%s], only %s"
                            .formatted(
                                    name,
                                    placeholder,
                                    Stream.of(ALL, finds)
                                            .flatMap(some -> some.keySet().stream())
                                            .sorted()
                                            .collect(Collectors.joining("], [", "[", "]"))));
        }
        return value;
    }

    static URI withPort(URI target) {
        if (target.getHost() == null || target.getPort() < 1) {
            throw new IllegalArgumentException(
                    "url: needs host and port, e.g. " + target.getScheme() + "://example.com:443");
        }
        return target;
    }
}
