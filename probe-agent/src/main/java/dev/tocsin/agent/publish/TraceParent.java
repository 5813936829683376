package dev.tocsin.agent.publish;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// The W3C trace context of a result, derived from its identity so that a retry has the same one.
final class TraceParent {
    private TraceParent() {}

    /// Of a failure; other results have none.
    static List<Header> headers(CheckResult result) {
        return result.getOutcome() == Outcome.FAIL
                ? List.of(
                        new RecordHeader(
                                "traceparent", of(result).getBytes(StandardCharsets.UTF_8)))
                : List.of();
    }

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
