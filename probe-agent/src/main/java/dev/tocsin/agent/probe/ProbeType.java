package dev.tocsin.agent.probe;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A kind of probe: its name (also the key of its block in a check), the URL schemes it serves, and how to make one.
///
/// @param spec the record its block is bound to; validates itself
/// @param conditions what holds where a check states no condition
/// @param finds placeholders that its runs may give beside those of every probe, e.g. `STATUS`
/// @param factory does no I/O; throws [IllegalArgumentException] for a target that cannot be
public record ProbeType<S>(
        String name,
        Set<String> schemes,
        Class<S> spec,
        List<String> conditions,
        Set<String> finds,
        BiFunction<URI, S, Probe> factory) {

    /// What every run that got through has.
    private static final Set<String> ALL = Set.of("CONNECTED", "RESPONSE_TIME", "IP");

    /// @throws IllegalArgumentException when no run of its ever has it: a condition on it would never hold
    public void requireFinds(String placeholder) {
        if (!ALL.contains(placeholder) && !finds.contains(placeholder)) {
            throw new IllegalArgumentException(
                    "%s has no [%s], only %s"
                            .formatted(
                                    name,
                                    placeholder,
                                    Stream.of(ALL, finds)
                                            .flatMap(Set::stream)
                                            .sorted()
                                            .collect(Collectors.joining("], [", "[", "]"))));
        }
    }

    static URI withPort(URI target) {
        if (target.getHost() == null || target.getPort() < 1) {
            throw new IllegalArgumentException(
                    "url: needs host and port, e.g. " + target.getScheme() + "://example.com:443");
        }
        return target;
    }
}
