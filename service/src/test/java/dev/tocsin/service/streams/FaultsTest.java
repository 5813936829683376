package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whose fault it is, what becomes of the record, and of what it had changed.
class FaultsTest {
    private static final long STAMP = 1_790_000_000_000L;

    private final MockProcessorContext<String, byte[]> task = new Memory().task;
    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Faults faults =
            new Faults(new Bugs(metrics, "tocsin_streams_bugs_total", health));
    private final List<String> happened = new ArrayList<>();
    private boolean written;

    private void decide(byte @Nullable [] value, Runnable work) {
        decide(new Record<>("shop", value, STAMP), work);
    }

    private void decide(Record<String, byte[]> record, Runnable work) {
        faults.decide(
                task,
                record,
                "checks",
                work,
                new Faults.Undo(() -> written, () -> happened.add("undo")),
                () -> happened.add("aside"));
    }

    private void throwing(RuntimeException e) {
        decide(
                new byte[] {1},
                () -> {
                    throw e;
                });
    }

    private Record<? extends String, ? extends byte[]> letter() {
        assertThat(task.forwarded()).hasSize(1);
        assertThat(task.forwarded().getFirst().childName()).contains("checks-dlq");
        return task.forwarded().getFirst().record();
    }

    private static @Nullable String header(Record<?, ?> letter, String name) {
        var header = letter.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private double bugs() {
        return metrics.counter("tocsin_streams_bugs_total").count();
    }

    @Test
    void whatIsWellLeavesNothing() {
        decide(new byte[] {1}, () -> happened.add("worked"));
        assertThat(happened).containsExactly("worked");
        assertThat(task.forwarded()).isEmpty();
        assertThat(health.alive()).isTrue();
    }

    @Test
    void whatCannotBeReadIsSetAsideAsItWasWithTheReason() {
        throwing(new SerializationException("torn"));
        assertThat(happened).containsExactly("aside");
        assertThat(letter().key()).isEqualTo("shop");
        assertThat(letter().value()).containsExactly(1);
        assertThat(letter().timestamp()).isEqualTo(STAMP);
        assertThat(header(letter(), "tocsin.dlq.cause")).isEqualTo("torn");
        assertThat(header(letter(), "tocsin.dlq.topic")).isEqualTo("checks");
        assertThat(header(letter(), "tocsin.dlq.stack")).isNull();
        assertThat(health.alive()).isTrue();
    }

    @Test
    void whatWasStoredForARecordThatIsRefusedIsTakenBackFirst() {
        written = true;
        throwing(new SerializationException("torn"));
        assertThat(happened).containsExactly("undo", "aside");
    }

    @Test
    void aKafkaThatIsAwayIsNoFaultOfTheRecord() {
        assertThatThrownBy(() -> throwing(new TimeoutException("away")))
                .isInstanceOf(TimeoutException.class);
        assertThat(happened).isEmpty();
        assertThat(task.forwarded()).isEmpty();
        assertThat(bugs()).isZero();
    }

    @Test
    void aBugSetsTheRecordAsideWithTheStackAndFailsHealth() {
        throwing(new IllegalStateException("nobody thought of that"));
        assertThat(happened).containsExactly("undo", "aside");
        assertThat(header(letter(), "tocsin.dlq.cause"))
                .isEqualTo("bug: java.lang.IllegalStateException: nobody thought of that");
        assertThat(header(letter(), "tocsin.dlq.stack"))
                .startsWith("java.lang.IllegalStateException: nobody thought of that")
                .contains("at dev.tocsin.service.streams.FaultsTest");
        assertThat(letter().value()).containsExactly(1);
        assertThat(bugs()).isEqualTo(1);
        assertThat(health.alive()).isFalse();
        assertThat(health.troubles()).containsKey("bug");
    }

    private static int deeper(int depth) {
        return depth == Integer.MAX_VALUE ? depth : deeper(depth + 1) + 1;
    }

    @Test
    void aStackThatOverflowsIsABugOfThatRecord() {
        decide(new byte[] {1}, () -> deeper(0));
        assertThat(happened).containsExactly("undo", "aside");
        assertThat(header(letter(), "tocsin.dlq.cause"))
                .isEqualTo("bug: java.lang.IllegalStateException: the stack overflows");
        assertThat(header(letter(), "tocsin.dlq.stack")).contains("Faults.run");
        contain(() -> deeper(0));
        assertThat(bugs()).isEqualTo(2);
        assertThatThrownBy(() -> Faults.read(() -> deeper(0)))
                .as("of a read it is the record's")
                .isInstanceOf(SerializationException.class)
                .hasMessage("cannot be read: java.lang.StackOverflowError");
    }

    @Test
    void aDeadLetterFitsWhateverItsRecordIs() {
        var headers =
                new RecordHeaders()
                        .add("small", new byte[1000])
                        .add("large", new byte[1001])
                        .add("none", null);
        var record = new Record<>("k".repeat(5000), new byte[512 * 1024 + 1], STAMP, headers);
        decide(
                record,
                () -> {
                    throw new SerializationException("x".repeat(5000));
                });
        assertThat(letter().key()).hasSize(1000).endsWith("…");
        assertThat(letter().value()).isNull();
        assertThat(header(letter(), "tocsin.dlq.body-left-out")).isEqualTo("524289 bytes");
        assertThat(header(letter(), "tocsin.dlq.cause")).hasSize(1000);
        assertThat(letter().headers().lastHeader("small")).isNotNull();
        assertThat(letter().headers().lastHeader("large")).isNull();
        assertThat(letter().headers().lastHeader("none")).isNull();
    }

    @Test
    void whatJustFitsIsWhole() {
        var body = new byte[512 * 1024];
        decide(
                body,
                () -> {
                    throw new SerializationException("torn");
                });
        assertThat(letter().value()).isEqualTo(body);
        assertThat(header(letter(), "tocsin.dlq.body-left-out")).isNull();
    }

    @Test
    void aRecordOfNothingIsADeadLetterToo() {
        decide(
                new Record<>(null, null, STAMP),
                () -> {
                    throw new SerializationException("no key");
                });
        assertThat(letter().key()).isNull();
        assertThat(letter().value()).isNull();
        assertThat(header(letter(), "tocsin.dlq.body-left-out")).isNull();
    }

    @Test
    void whatOurRulesRefuseSaysWhy() {
        Faults.rules(() -> happened.add("followed"));
        assertThat(happened).containsExactly("followed");
        assertThatThrownBy(() ->
                        Faults.rules(() -> {
                            throw new IllegalArgumentException("it is closed");
                        }))
                .isInstanceOf(SerializationException.class)
                .hasMessage("it is closed");
        assertThat(Faults.<String>read(() -> "read")).isEqualTo("read");
    }

    private void contain(Runnable work) {
        faults.contain("tick", work, () -> happened.add("undo"), () -> happened.add("aside"));
    }

    @Test
    void aBugInWhatIsDoneForNoRecordIsContained() {
        contain(() -> happened.add("worked"));
        assertThat(bugs()).isZero();
        contain(() -> {
            throw new IllegalStateException("nobody thought of that");
        });
        contain(() -> {
            throw new SerializationException("nor of that");
        });
        assertThat(happened).containsExactly("worked", "aside", "undo", "aside", "undo");
        assertThat(bugs()).isEqualTo(2);
        assertThatThrownBy(() ->
                        contain(() -> {
                            throw new TimeoutException("away");
                        }))
                .isInstanceOf(TimeoutException.class);
        assertThat(bugs()).isEqualTo(2);
    }
}
