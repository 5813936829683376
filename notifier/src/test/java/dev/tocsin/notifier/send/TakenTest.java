package dev.tocsin.notifier.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.send.Outgoing.Answer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TakenTest {
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    private final Taken taken = new Taken();

    private Answer came(String message, @Nullable DeliveryResult result) {
        var answer = new Answer(message, result, NOW, NOW);
        taken.came(answer);
        return answer;
    }

    @Test
    void whatWasTakenStaysSoWhateverComesOfItLater() {
        assertThat(taken.answer("a")).isNull();
        came("a", new Retry(503, "away", null));
        came("a", null);
        assertThat(taken.answer("a")).isNull();
        var first = came("a", new Delivered(204, ""));
        came("a", new Retry(503, "away", null));
        assertThat(taken.answer("a")).isEqualTo(first);
    }

    @Test
    void ofMoreThanCanBeOnTheirWayTheOldestAreForgotten() {
        for (int i = 0; i <= Taken.AT_MOST; i++) {
            came("m" + i, new Delivered(204, ""));
        }
        assertThat(taken.answer("m0")).isNull();
        assertThat(taken.answer("m1")).isNotNull();
        assertThat(taken.answer("m" + Taken.AT_MOST)).isNotNull();
    }
}
