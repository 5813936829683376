package dev.tocsin.agent.publish;

import dev.tocsin.schemas.CheckResult;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// The W3C trace context of a result, derived from its identity so that a retry has the same one.
final class TraceParent {
    private TraceParent() {}

    static String of(CheckResult result) {
        var identity =
                result.getAgentId()
                        + "/"
                        + result.getBootEpoch()
                        + "/"
                        + result.getCheckId()
                        + "/"
                        + result.getSequence();
        var id = UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
        return "00-%016x%016x-%016x-01"
                .formatted(
                        id.getMostSignificantBits(),
                        id.getLeastSignificantBits(),
                        id.getLeastSignificantBits() | 1);
    }
}
