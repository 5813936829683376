package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NamesakeTest {
    static {
        TrustedRecords.trust();
    }

    private static final int EARLIER = 5;
    private static final int OWN = 7;
    private static final int LATER = 9;

    private final Namesake namesake = new Namesake(new Origin("us", "us-1", OWN));

    private static AgentStatus status(String id, int epoch, boolean leaving) {
        return AgentStatus.newBuilder()
                .setAgentId(id)
                .setRegion("eu")
                .setBootEpoch(epoch)
                .setAt(Instant.EPOCH)
                .setChecks(1)
                .setVersion("1")
                .setLeaving(leaving)
                .build();
    }

    private boolean ends(int epoch) {
        return namesake.heard(status("us-1", epoch, false)) != null;
    }

    @Test
    void theOneThatWasStartedLaterEndsAndSaysWhatToDo() {
        assertThat(ends(OWN)).isFalse();
        assertThat(ends(EARLIER)).as("it may have been under way").isFalse();
        assertThat(ends(OWN)).isFalse();
        assertThat(namesake.heard(status("us-1", EARLIER, false)))
                .isEqualTo(
                        "another agent with the id us-1 runs, in region eu: each needs an id of its own (agent.id)");
    }

    @Test
    void theOneThatWasThereGoesOn() {
        assertThat(ends(OWN)).isFalse();
        for (int i = 0; i < 10; i++) {
            assertThat(ends(LATER)).isFalse();
        }
    }

    /// As after a restart: a process hears what it said in its life before.
    @Test
    void whatWasSaidBeforeItsOwnFirstIsHistory() {
        for (int i = 0; i < 10; i++) {
            assertThat(ends(EARLIER)).isFalse();
        }
        assertThat(ends(OWN)).isFalse();
        assertThat(ends(EARLIER)).isFalse();
    }

    @Test
    void othersAndAFarewellAreNoNamesakes() {
        assertThat(ends(OWN)).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(namesake.heard(status("us-2", EARLIER, false))).isNull();
            assertThat(namesake.heard(status("us-1", EARLIER, true))).isNull();
        }
    }
}
