package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnreadTest {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Unread unread = new Unread(metrics);
    private final List<String> taken = new ArrayList<>();
    private final List<String> passed = new ArrayList<>();

    private void take(Supplier<@Nullable String> reading) {
        unread.take("t", "k", reading, value -> taken.add(String.valueOf(value)), passed::add);
    }

    private double counted() {
        return metrics.counter("tocsin_unread_records_total", "topic", "t").count();
    }

    @Test
    void whateverAReadThrowsIsCountedAndSaidAndTheNextIsTaken() {
        take(() -> {
            throw new SerializationException("torn");
        });
        take(() -> {
            throw new IllegalArgumentException("interval: too long");
        });
        take(() -> {
            throw new NullPointerException("in Avro");
        });
        take(() -> "good");
        take(() -> null);
        assertThat(counted()).isEqualTo(3);
        assertThat(passed)
                .containsExactly(
                        "torn",
                        "interval: too long",
                        "cannot be read: java.lang.NullPointerException: in Avro");
        assertThat(taken).containsExactly("good", "null");
    }

    @Test
    void whatIsWrongIsSaidInALine() {
        take(() -> {
            throw new IllegalArgumentException("key a\nERROR all is lost\u2028 is not b's");
        });
        assertThat(passed).containsExactly("key a ERROR all is lost  is not b's");
    }

    @Test
    void whoeverIsAwayAndABugOfOursAreNoFaultOfTheRecord() {
        assertThatThrownBy(() ->
                        take(() -> {
                            throw new TimeoutException("the registry is away");
                        }))
                .isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() ->
                        unread.take(
                                "t",
                                "k",
                                () -> "good",
                                _ -> {
                                    throw new IllegalArgumentException("bug");
                                },
                                passed::add))
                .hasMessage("bug");
        assertThat(counted()).isZero();
        assertThat(passed).isEmpty();
    }

    @Test
    void eachKeyIsNamedOnceAmongTheLastThousandAndCountedEachTime() {
        var torn = new SerializationException("torn");
        assertThat(unread.found("t", "k", torn)).isTrue();
        assertThat(unread.found("t", "k", torn)).isFalse();
        for (int i = 0; i < 999; i++) {
            assertThat(unread.found("t", "k" + i, torn)).isTrue();
        }
        assertThat(unread.found("t", "k", torn)).isFalse();
        assertThat(unread.found("t", "one more", torn)).isTrue();
        assertThat(unread.found("t", "k", torn)).isTrue();
        assertThat(counted()).isEqualTo(1004);
    }
}
