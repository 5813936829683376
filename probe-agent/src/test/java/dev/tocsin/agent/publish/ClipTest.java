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
        return Results.made(1, NOW).setOutcome(Outcome.FAIL);
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

    @Test
    void ofTheAttributesTheFirstByNameThatFitTogetherAreKept() {
        var attributes =
                Map.of(
                        "a", "x".repeat(2000),
                        "b", "x".repeat(5000),
                        "c", "x".repeat(2093), // with both names 4095
                        "d", "x",
                        "e", "");
        var fit = Clip.fit(result().setAttributes(attributes).build());
        assertThat(fit.getAttributes()).containsOnlyKeys("a", "c", "e");
        assertThat(Clip.fit(fit)).isSameAs(fit);
    }

    @Test
    void whicheverIsTooLongItIsCut() {
        var text = "x".repeat(2000);
        var code = result().setFailure(new Failure(Phase.TLS, text, "why")).build();
        assertThat(Clip.fit(code).getFailure().getCode()).hasSize(100);
        assertThat(Clip.fit(code).getFailure().getDetail()).isEqualTo("why");
        assertThat(Clip.fit(code).getFailure().getPhase()).isEqualTo(Phase.TLS);
        var detail = result().setFailure(new Failure(Phase.TLS, "expired", text)).build();
        assertThat(Clip.fit(detail).getFailure().getCode()).isEqualTo("expired");
        assertThat(Clip.fit(detail).getFailure().getDetail()).hasSize(1000);
        var one = result().setFailedConditions(List.of("short", text, "last")).build();
        assertThat(Clip.fit(one).getFailedConditions())
                .containsExactly("short", "x".repeat(199) + "…", "last");
        var many = result().setFailedConditions(Collections.nCopies(21, "c")).build();
        assertThat(Clip.fit(many).getFailedConditions()).hasSize(20);
        var address = result().setAddress("1".repeat(201)).build();
        assertThat(Clip.fit(address).getAddress()).hasSize(200);
    }
}
