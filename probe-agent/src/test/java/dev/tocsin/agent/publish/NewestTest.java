package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.agent.publish.Newest.Told;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NewestTest {
    private static final long SECOND = 1_000_000_000L;

    private final Newest<String> newest = new Newest<>();

    private Told<String> poll(long now) {
        return Objects.requireNonNull(newest.poll(now));
    }

    @Test
    void whatIsToldAgainReplacesWhatDidNotGoOutYet() {
        newest.put("hours", "a", "1");
        newest.put("hours", "b", "1");
        newest.put("hours", "a", "2");
        assertThat(poll(0)).isEqualTo(new Told<>("hours", "b", "1", 2));
        assertThat(poll(0)).isEqualTo(new Told<>("hours", "a", "2", 3));
        assertThat(newest.poll(0)).isNull();
        assertThat(newest.isEmpty()).isTrue();
    }

    @Test
    void aTopicThatCannotBeWrittenRestsAndHoldsUpNoOther() {
        newest.put("hours", "a", "1");
        newest.put("hours", "b", "1");
        newest.put("agents", "us-1", "1");
        newest.again(poll(0), 0);
        assertThat(poll(0).topic()).isEqualTo("agents");
        assertThat(newest.poll(SECOND)).isNull();
        assertThat(poll(5 * SECOND).topic()).isEqualTo("hours");
    }

    @Test
    void whatDidNotGetThereGivesWayToWhatIsNewer() {
        newest.put("agents", "us-1", "1");
        var sent = poll(0);
        newest.put("agents", "us-1", "2");
        newest.again(sent, 0);
        assertThat(poll(5 * SECOND).value()).isEqualTo("2");
        assertThat(newest.poll(5 * SECOND)).isNull();
    }

    @Test
    void topicsAreServedInTurn() {
        for (int i = 0; i < 100; i++) {
            newest.put("hours", "k" + i, "1");
        }
        newest.put("agents", "us-1", "1");
        assertThat(poll(0).topic()).isEqualTo("hours");
        assertThat(poll(0).topic()).isEqualTo("agents");
        assertThat(poll(0).topic()).isEqualTo("hours");
    }

    @Test
    void ofTooManyTheOldestGoesAndIsCounted() {
        for (int i = 0; i < 50_002; i++) {
            newest.put("hours", "k" + i, "1");
        }
        assertThat(newest.dropped()).isEqualTo(2);
        assertThat(poll(0).key()).isEqualTo("k2");
    }

    /// Each was on its way when all of them failed.
    @Test
    void ofSeveralThatDidNotGetThereTheNewestIsTold() {
        newest.put("hours", "a", "1");
        var one = poll(0);
        newest.put("hours", "a", "2");
        var two = poll(0);
        newest.again(one, 0);
        newest.again(two, 0);
        newest.again(one, 0);
        assertThat(poll(5 * SECOND).value()).isEqualTo("2");
        assertThat(newest.isEmpty()).isTrue();
    }
}
