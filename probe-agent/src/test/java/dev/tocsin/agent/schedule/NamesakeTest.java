package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NamesakeTest {
    static {
        TrustedRecords.trust();
    }

    private static final int OWN = 7;
    private static final int OTHER = 9;
    private static final long SECOND = 1_000_000_000L;

    private final Namesake namesake = new Namesake(new Origin("us", "us-1", OWN));

    private void heard(long second, String id, int epoch, boolean leaving) {
        namesake.heard(
                AgentStatus.newBuilder()
                        .setAgentId(id)
                        .setRegion("eu")
                        .setBootEpoch(epoch)
                        .setAt(Instant.EPOCH)
                        .setChecks(1)
                        .setVersion("1")
                        .setLeaving(leaving)
                        .build(),
                second * SECOND);
    }

    private void heard(long second, int epoch) {
        heard(second, "us-1", epoch, false);
    }

    private @Nullable String why(long second) {
        return namesake.why(second * SECOND);
    }

    @Test
    void anotherProcessOfThatIdIsSaidAsLongAsItIsHeard() {
        heard(0, OWN);
        heard(5, OTHER);
        assertThat(why(5)).as("it may have been under way").isNull();
        heard(10, OWN);
        heard(15, OTHER);
        assertThat(why(15))
                .isEqualTo(
                        "another agent with the id us-1 runs, in region eu, and both run the same checks: each needs an id of its own (agent.id)");
        assertThat(why(45)).isNotNull();
        assertThat(why(46)).isNull();
    }

    @Test
    void itIsOverWhenTheOtherSaysThatItLeaves() {
        heard(0, OWN);
        heard(5, OTHER);
        heard(15, OTHER);
        heard(16, "us-1", OTHER, true);
        assertThat(why(16)).isNull();
    }

    /// As after a restart: a process hears what it said in its life before.
    @Test
    void whatWasSaidBeforeItsOwnFirstIsHistory() {
        for (int i = 0; i < 10; i++) {
            heard(i, OTHER);
        }
        heard(10, OWN);
        heard(11, OTHER);
        assertThat(why(11)).isNull();
    }

    @Test
    void straysAndOthersAreNoNamesakes() {
        heard(0, OWN);
        heard(5, OTHER);
        heard(36, OTHER);
        assertThat(why(36)).as("half a minute apart").isNull();
        heard(37, OTHER + 1);
        assertThat(why(37)).as("of two processes").isNull();
        heard(38, "us-2", OTHER + 1, false);
        heard(39, "us-2", OTHER + 1, false);
        assertThat(why(39)).isNull();
    }
}
