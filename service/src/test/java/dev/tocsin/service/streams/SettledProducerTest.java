package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettledProducerTest {
    private final Deque<RuntimeException> answers = new ArrayDeque<>();
    private int calls;

    private void end() {
        calls++;
        if (!answers.isEmpty()) {
            throw answers.remove();
        }
    }

    private static TimeoutException away() {
        return new TimeoutException("after 60000 ms");
    }

    @AfterEach
    void noMarkIsLeft() {
        var _ = Thread.interrupted();
    }

    @Test
    void whatTimedOutIsAskedForUntilItIsDone() {
        answers.addAll(List.of(away(), away(), away()));
        SettledProducer.settle(this::end);
        assertThat(calls).isEqualTo(4);
    }

    @Test
    void whatKafkaSaysThenIsTheAnswer() {
        answers.addAll(
                List.of(away(), new ProducerFencedException("the coordinator has ended it")));
        assertThatThrownBy(() -> SettledProducer.settle(this::end))
                .isInstanceOf(ProducerFencedException.class);
        assertThat(calls).isEqualTo(2);
    }

    @Test
    void anInterruptEndsIt() {
        answers.addAll(List.of(away(), new InterruptException("to end")));
        assertThatThrownBy(() -> SettledProducer.settle(this::end))
                .isInstanceOf(InterruptException.class);
    }
}
