package dev.tocsin.agent.publish;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import java.time.Instant;

/// What one agent found of one check.
final class Results {
    private Results() {}

    static CheckResult.Builder made(long sequence, Instant at) {
        return CheckResult.newBuilder()
                .setCheckId("shop")
                .setConfigVersion("1")
                .setRegion("us")
                .setAgentId("us-1")
                .setBootEpoch(7)
                .setSequence(sequence)
                .setScheduledAt(at)
                .setStartedAt(at)
                .setDurationUs(1000)
                .setOutcome(Outcome.PASS);
    }
}
