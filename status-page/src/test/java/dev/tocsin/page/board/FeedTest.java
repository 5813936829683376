package dev.tocsin.page.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.page.board.Feed.Source;
import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import dev.tocsin.service.Reading;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.streams.Bugs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeedTest {
    static {
        TrustedRecords.trust();
    }

    private static final byte[] GOOD = {1};
    private static final byte[] BUG = {1, 2};
    private static final byte[] DEEP = {1, 2, 3};

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Health health = new Health();
    private final Feed.Watch watch =
            new Feed.Watch(
                    health,
                    new Positions(),
                    new Unread(metrics),
                    new Bugs(metrics, "tocsin_page_bugs_total", health));
    private final List<String> taken = new ArrayList<>();
    private final Source<CatalogEntry> source =
            new Source<>(
                    "catalog",
                    true,
                    (_, bytes) -> entry(bytes),
                    Source.key(CatalogEntry::getId),
                    (record, entry) -> {
                        if (entry != null && entry.getName().equals("bug")) {
                            throw new IllegalStateException("nobody thought of that");
                        }
                        if (entry != null && entry.getName().equals("deep")) {
                            throw new StackOverflowError();
                        }
                        taken.add(record.key() + (entry == null ? " is gone" : ""));
                    });

    @SuppressWarnings("NullAway") // a tombstone is null
    private static CatalogEntry entry(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length == 0) {
            throw new SerializationException("torn");
        }
        return CatalogEntry.newBuilder()
                .setKind(CatalogKind.SERVICE)
                .setId("shop")
                .setName(
                        bytes.length == GOOD.length
                                ? "Shop"
                                : bytes.length == BUG.length ? "bug" : "deep")
                .build();
    }

    private void take(@Nullable String key, byte @Nullable [] value) {
        source.take(new ConsumerRecord<>("catalog", 0, 0, key, value), watch);
    }

    @Test
    void whatCannotBeReadOrStandsUnderAnotherKeyIsCountedAndTheRestIsTaken() {
        take("shop", new byte[0]);
        take("mail", GOOD);
        take(null, GOOD);
        take("shop", GOOD);
        take("shop", null);
        assertThat(taken).containsExactly("shop", "shop is gone");
        assertThat(metrics.counter("tocsin_unread_records_total", "topic", "catalog").count())
                .isEqualTo(3);
        assertThat(health.alive()).isTrue();
    }

    /// Batches, then what is thrown.
    private static final class Batches implements Reading {
        private final Deque<Object> batches = new ArrayDeque<>();
        private boolean closed;

        @Override
        public ConsumerRecords<String, byte[]> poll(Duration timeout) {
            return switch (batches.poll()) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null -> throw new WakeupException();
                case ConsumerRecord<?, ?> one -> {
                    @SuppressWarnings("unchecked")
                    var record = (ConsumerRecord<String, byte[]>) one;
                    yield new ConsumerRecords<>(
                            Map.of(new TopicPartition("catalog", 0), List.of(record)), Map.of());
                }
                default -> ConsumerRecords.empty();
            };
        }

        @Override
        public boolean caughtUp() {
            return true;
        }

        @Override
        public void wakeup() {
            // it does not wait
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private void follow(Object... batches) {
        var reading = new Batches();
        reading.batches.addAll(List.of(batches));
        new Feed("state", new Board(), reading, List.of(source), watch, _ -> {}).follow();
        assertThat(reading.closed).isTrue();
    }

    @Test
    void whatAFeedCannotGoOnAfterEndsTheProcessToBeStartedAgain() throws InterruptedException {
        follow(new IllegalStateException("odd"));
        assertThat(health.isRefused()).isTrue();
        assertThat(health.awaitRefusal().startAgain()).isTrue();
        assertThat(health.awaitRefusal().why()).contains("no longer followed", "odd");
    }

    @Test
    void anErrorDoesNotEndAFeedWithoutAWordEither() {
        follow(new StackOverflowError());
        assertThat(health.isRefused()).isTrue();
    }

    @Test
    void aRightThatIsMissingIsWaitedFor() {
        follow(new TimeoutException("away"), new ConsumerRecord<>("catalog", 0, 0, "shop", GOOD));
        assertThat(taken).containsExactly("shop");
        assertThat(health.isRefused()).isFalse();
        assertThat(health.ready()).isTrue();
    }

    @Test
    void aBugIsCountedAndFailsHealthAndTheNextIsTaken() {
        take("shop", BUG);
        take("shop", DEEP);
        take("shop", GOOD);
        assertThat(taken).containsExactly("shop");
        assertThat(metrics.counter("tocsin_page_bugs_total").count()).isEqualTo(2);
        assertThat(health.alive()).isFalse();
    }
}
