package dev.tocsin.page.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.page.board.Feed.Source;
import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.streams.Bugs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the page knows while Kafka and the registry come and go. All on the test's thread: what happens does so while the feed polls or pauses.
@Timeout(30)
class FeedFollowTest {
    static {
        TrustedRecords.trust();
    }

    private static final TopicPartition CATALOG = new TopicPartition("catalog", 0);

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Health health = new Health();
    private final Board board = new Board();
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final List<@Nullable String> waited = new ArrayList<>();
    private @Nullable KafkaException registry;
    private long end = 2;
    private boolean closesAtPause;

    private final TopicReader reader =
            new TopicReader(
                    new TopicReader.Reach(
                            () -> consumer, _ -> Map.of(CATALOG, end), () -> Instant.EPOCH),
                    List.of("catalog"),
                    null,
                    Map.of(),
                    new Positions());
    private final Feed feed =
            new Feed(
                    "state",
                    board,
                    reader,
                    List.of(
                            new Source<>(
                                    "catalog",
                                    true,
                                    (_, _) -> entry(),
                                    Source.key(CatalogEntry::getId),
                                    (record, entry) ->
                                            board.entry("service:" + record.key(), entry))),
                    new Feed.Watch(
                            health,
                            new Positions(),
                            new Unread(metrics),
                            new Bugs(metrics, "tocsin_page_bugs_total", health)),
                    this::pauses);

    private CatalogEntry entry() {
        if (registry != null) {
            throw registry;
        }
        return CatalogEntry.newBuilder()
                .setKind(CatalogKind.SERVICE)
                .setId("shop")
                .setName("Shop")
                .build();
    }

    /// Whatever was away is back after it.
    private void pauses(Duration time) throws InterruptedException {
        assertThat(time).isPositive();
        waited.add(health.why("state"));
        registry = null;
        consumer.updatePartitions(
                "catalog", List.of(new PartitionInfo("catalog", 0, null, null, null)));
        if (closesAtPause) {
            feed.close();
        }
    }

    private void record(long offset) {
        consumer.schedulePollTask(() ->
                consumer.addRecord(
                        new ConsumerRecord<>("catalog", 0, offset, "shop", new byte[] {1})));
    }

    private void closes() {
        consumer.schedulePollTask(() -> {
            try {
                feed.close();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @BeforeEach
    void topic() {
        consumer.updatePartitions(
                "catalog", List.of(new PartitionInfo("catalog", 0, null, null, null)));
        consumer.updateBeginningOffsets(Map.of(CATALOG, 0L));
        Feed.ALL.stream().filter(name -> !name.equals("state")).forEach(board::read);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void theBoardIsWholeOnlyOnceAllThatIsKeptIsRead() {
        record(0);
        consumer.schedulePollTask(() -> {
            assertThat(board.whole()).isFalse();
            assertThat(health.why("state")).isEqualTo("not read yet");
            assertThat(board.serviceName("shop")).isEqualTo("Shop");
        });
        record(1);
        consumer.schedulePollTask(() -> {
            assertThat(board.whole()).isTrue();
            assertThat(health.ready()).isTrue();
        });
        closes();
        feed.follow();
        assertThat(health.alive()).isTrue();
        assertThat(waited).isEmpty();
    }

    @Test
    void aRegistryThatIsAwayPassesNothingOver() {
        end = 1;
        registry = new TimeoutException("the registry does not answer");
        record(0);
        consumer.schedulePollTask(() -> assertThat(health.ready()).isTrue());
        closes();
        feed.follow();
        assertThat(waited).containsExactly("the registry does not answer");
        assertThat(board.serviceName("shop")).isEqualTo("Shop");
        assertThat(metrics.find("tocsin_unread_records_total").counter()).isNull();
    }

    @Test
    void aTopicThatIsNotThereYetIsWaitedFor() {
        end = 1;
        consumer.updatePartitions("catalog", List.of());
        record(0);
        closes();
        feed.follow();
        assertThat(waited).containsExactly("topic catalog does not exist");
        assertThat(board.serviceName("shop")).isEqualTo("Shop");
    }

    @Test
    void aKafkaThatDoesNotAnswerIsWaitedForAndNothingIsLost() {
        end = 1;
        consumer.schedulePollTask(
                () -> consumer.setPollException(new TimeoutException("no answer")));
        consumer.schedulePollTask(() -> {});
        record(0);
        closes();
        feed.follow();
        assertThat(waited).isNotEmpty().containsOnly("no answer");
        assertThat(board.serviceName("shop")).isEqualTo("Shop");
        assertThat(health.ready()).isTrue();
    }

    @Test
    void whoeverWaitsForTheRegistryCanBeEnded() {
        registry = new TimeoutException("the registry does not answer");
        closesAtPause = true;
        record(0);
        feed.follow();
        assertThat(waited).hasSize(1);
        assertThat(health.alive()).isTrue();
    }
}
