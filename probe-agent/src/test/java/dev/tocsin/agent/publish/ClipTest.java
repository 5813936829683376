package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.schemas.RecordSize;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClipTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant NOW = Instant.parse("2026-11-24T10:20:30Z");

    private static CheckResult.Builder result() {
        return CheckResult.newBuilder()
                .setCheckId("shop")
                .setConfigVersion("v1")
                .setRegion("us")
                .setAgentId("us-1")
                .setBootEpoch(1)
                .setSequence(1)
                .setScheduledAt(NOW)
                .setStartedAt(NOW)
                .setDurationUs(1)
                .setOutcome(Outcome.FAIL);
    }

    @Test
    void whatFitsIsLeftAsItIs() {
        var result =
                result().setFailure(new Failure(Phase.RESPONSE, "x".repeat(100), "y".repeat(1000)))
                        .setFailedConditions(Collections.nCopies(20, "c".repeat(200)))
                        .setAttributes(Map.of("a", "b".repeat(4095)))
                        .build();
        assertThat(Clip.fit(result)).isSameAs(result);
    }

    @Test
    void everyTextOfAResultHasABoundAndWhatIsCutSaysSo() {
        var attributes = new HashMap<String, String>();
        attributes.put("a", "1");
        attributes.put("b", "x".repeat(600_000));
        attributes.put("c", "3");
        var fit =
                Clip.fit(
                        result().setFailure(
                                        new Failure(
                                                Phase.RESPONSE,
                                                "x".repeat(600_000),
                                                "é".repeat(998) + "\uD83D\uDE00".repeat(600_000)))
                                .setFailedConditions(Collections.nCopies(500, "c".repeat(5000)))
                                .setAttributes(attributes)
                                .setAddress("1".repeat(100_000))
                                .build());
        assertThat(fit.getOutcome()).isEqualTo(Outcome.FAIL);
        assertThat(fit.getFailure().getCode()).hasSize(100).endsWith("x…");
        assertThat(fit.getFailure().getDetail())
                .hasSize(999)
                .endsWith("é…"); // no half of a character
        assertThat(fit.getFailedConditions()).hasSize(20).allMatch(c -> c.length() == 200);
        assertThat(fit.getAttributes()).isEqualTo(Map.of("a", "1", "c", "3"));
        assertThat(RecordSize.tooLarge(Topics.CHECK_RESULTS, "shop", RecordSize.of(fit))).isNull();
        assertThat(Clip.fit(fit)).isSameAs(fit);
    }

    @Test
    void aFailureMayBeMissing() {
        var result = result().setOutcome(Outcome.PASS).build();
        assertThat(Clip.fit(result)).isSameAs(result);
        assertThat(
                        Clip.fit(result().setFailedConditions(List.of("c".repeat(201))).build())
                                .getFailure())
                .isNull();
    }
}
