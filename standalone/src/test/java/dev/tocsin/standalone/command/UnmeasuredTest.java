package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnmeasuredTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant TEN = Instant.parse("2026-11-27T10:00:00Z");

    private final Unmeasured unmeasured = new Unmeasured();

    private Lane lane = Lane.LIVE;

    private void ran(String region, int second, Outcome outcome, @Nullable Failure failure) {
        unmeasured.result(
                CheckResult.newBuilder()
                        .setCheckId("shop")
                        .setConfigVersion("1")
                        .setRegion(region)
                        .setAgentId(region + "-1")
                        .setBootEpoch(1)
                        .setSequence(second)
                        .setScheduledAt(TEN.plusSeconds(second))
                        .setStartedAt(TEN.plusSeconds(second))
                        .setDurationUs(1)
                        .setOutcome(outcome)
                        .setFailure(failure)
                        .setLane(lane)
                        .build());
    }

    private static Failure internal(String code, String detail) {
        return new Failure(Phase.INTERNAL, code, detail);
    }

    private String said(String region) {
        return unmeasured.in(region).map(run -> run.said(TEN.plusSeconds(30))).orElse("nothing");
    }

    @Test
    void aRegionOfWhichTheLastRunMeasuredNothingSaysWhy() {
        ran("us", 1, Outcome.PASS, null);
        ran("us", 10, Outcome.ERROR, internal("bad-definition", "needs ${TOKEN}\nwhich is unset"));
        ran("eu", 11, Outcome.ERROR, internal("no-handles", ""));
        ran("eu", 21, Outcome.MISSED, null);
        assertThat(said("us"))
                .startsWith("ERROR bad-definition (needs ${TOKEN}")
                .doesNotContain("\n")
                .endsWith("which is unset), by us-1, 20 s ago");
        assertThat(said("eu")).isEqualTo("MISSED, by eu-1, 9 s ago");
        assertThat(said("ap")).isEqualTo("nothing");
    }

    @Test
    void aVoteEndsIt() {
        ran("us", 1, Outcome.ERROR, internal("no-handles", ""));
        assertThat(said("us")).isEqualTo("ERROR no-handles, by us-1, 29 s ago");
        ran("us", 11, Outcome.FAIL, new Failure(Phase.CONNECT, "refused", ""));
        assertThat(said("us")).isEqualTo("nothing");
    }

    @Test
    void whatIsFilledInLaterIsHistory() {
        ran("us", 20, Outcome.PASS, null);
        ran("eu", 20, Outcome.ERROR, internal("bad-definition", ""));
        lane = Lane.BACKFILL;
        ran("us", 25, Outcome.MISSED, null);
        ran("eu", 25, Outcome.PASS, null);
        lane = Lane.LIVE;
        ran("us", 10, Outcome.ERROR, internal("no-handles", ""));
        ran("eu", 10, Outcome.PASS, null);
        assertThat(said("us")).isEqualTo("nothing");
        assertThat(said("eu")).isEqualTo("ERROR bad-definition, by eu-1, 10 s ago");
    }
}
