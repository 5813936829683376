package dev.tocsin.agent.probe;

import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.agent.probe.run.Room;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.IncidentPolicy;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Runs a URL once, as an agent would.
final class Probing {
    private Probing() {}

    static Finding run(String url, long timeoutMs, String... conditions) {
        return run(url, "", timeoutMs, Map.of(), conditions);
    }

    /// @param spec the probe's block as JSON; empty for none
    /// @param conditions none means the probe's own
    static Finding run(
            String url,
            String spec,
            long timeoutMs,
            Map<String, String> hosts,
            String... conditions) {
        var definition = definition(url, spec, timeoutMs, conditions);
        return Check.of(definition, name -> "").run(new Resolver(hosts));
    }

    static Finding run(String url, String spec, Room room, long timeoutMs, String... conditions) {
        return Check.of(definition(url, spec, timeoutMs, conditions), name -> "")
                .run(new Resolver(Map.of()), room);
    }

    static CheckDefinition definition(
            String url, String spec, long timeoutMs, String... conditions) {
        var type = ProbeTypes.forUrl(url).orElseThrow();
        return CheckDefinition.newBuilder()
                .setCheckId("t")
                .setConfigVersion("1")
                .setName("t")
                .setService("t")
                .setUrl(url)
                .setProbe(type.name())
                .setProbeSpec(spec)
                .setIntervalMs(30_000)
                .setTimeoutMs(timeoutMs)
                .setRegions(List.of("here"))
                .setConditions(conditions.length == 0 ? type.conditions() : List.of(conditions))
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    static Failure failure(Finding finding) {
        return Objects.requireNonNull(finding.failure(), finding.toString());
    }
}
