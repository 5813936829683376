package dev.tocsin.notifier.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.TopicReader.Reach;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A value is its check's group, after its id and a space.
@Timeout(60)
class GroupSizesTest {
    private static final TopicPartition CHECKS = new TopicPartition("checks", 0);

    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Positions positions = new Positions();
    private final KafkaSettings kafka =
            new KafkaSettings(Map.of("bootstrap.servers", "kafka-1:9092"));

    /// Beside each pause: what health says then.
    private final List<@Nullable String> pauses = new ArrayList<>();

    private final AtomicInteger connected = new AtomicInteger();

    /// Of the newest reader.
    private MockConsumer<String, byte[]> consumer = consumer();

    private long end;
    private long offset;
    private int registryAway;

    @SuppressWarnings("NullAway") // a tombstone is null
    private final GroupSizes sizes =
            new GroupSizes(
                    () ->
                            new TopicReader(
                                    new Reach(
                                            this::connect,
                                            _ -> Map.of(CHECKS, end),
                                            InstantSource.system()),
                                    List.of("checks"),
                                    null,
                                    Map.of(),
                                    positions),
                    (_, bytes) -> definition(bytes),
                    kafka,
                    health,
                    new Unread(metrics),
                    _ -> pauses.add(health.why(GroupSizes.PART)),
                    () -> 0);

    private MockConsumer<String, byte[]> connect() {
        if (connected.getAndIncrement() > 0) {
            consumer = consumer();
            offset = 0;
        }
        return consumer;
    }

    private static MockConsumer<String, byte[]> consumer() {
        var made = new MockConsumer<String, byte[]>("earliest");
        made.updatePartitions("checks", List.of(new PartitionInfo("checks", 0, null, null, null)));
        made.updateBeginningOffsets(Map.of(CHECKS, 0L));
        return made;
    }

    private @Nullable CheckDefinition definition(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (registryAway-- > 0) {
            throw new DisconnectException("schema registry http://registry: cannot connect");
        }
        var text = new String(bytes, StandardCharsets.UTF_8).split(" ");
        if (text.length != 2) {
            throw new SerializationException("torn");
        }
        return CheckDefinition.newBuilder()
                .setCheckId(text[0])
                .setGroup(text[1])
                .setConfigVersion("v1")
                .setName(text[0])
                .setService(text[0])
                .setUrl("http://x/")
                .setProbe("http")
                .setIntervalMs(30_000)
                .setTimeoutMs(1000)
                .setRegions(List.of("us"))
                .setIncidentBuilder(IncidentPolicy.newBuilder())
                .build();
    }

    /// The next record of the topic, which is there when it is polled.
    @SuppressWarnings("NullAway") // a tombstone is null
    private void says(String check, @Nullable String value) {
        var bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        consumer.addRecord(new ConsumerRecord<>("checks", 0, offset++, check, bytes));
    }

    private void check(String id, String group) {
        says(id, id + " " + group);
    }

    private void turn() throws InterruptedException {
        assertThat(sizes.turn()).isTrue();
    }

    /// Of a topic with so many records.
    private void begin(long records) throws InterruptedException {
        end = records;
        turn();
    }

    private double unread() {
        return metrics.counter("tocsin_unread_records_total", "topic", "checks").count();
    }

    @Test
    void aGroupHasOthersAsLongAsTwoChecksAreInIt() throws InterruptedException {
        begin(0);
        check("a", "shop");
        turn();
        assertThat(sizes.hasOthers("shop")).isFalse();
        check("b", "shop");
        check("b", "shop"); // published again
        turn();
        assertThat(sizes.hasOthers("shop")).isTrue();
        assertThat(sizes.hasOthers("mail")).isFalse();
        says("a", null);
        says("a", null);
        turn();
        assertThat(sizes.hasOthers("shop")).isFalse();
    }

    @Test
    void aCheckThatIsMovedCountsWhereItIs() throws InterruptedException {
        begin(0);
        check("a", "shop");
        check("b", "shop");
        check("c", "mail");
        turn();
        check("b", "mail");
        turn();
        assertThat(sizes.hasOthers("shop")).isFalse();
        assertThat(sizes.hasOthers("mail")).isTrue();
    }

    @Test
    void whatCannotBeReadIsCountedAndWhatWasThereBeforeCountsOn() throws InterruptedException {
        begin(0);
        check("a", "shop");
        says("a", "torn");
        says("c", "a shop"); // under another key
        check("b", "shop");
        turn();
        assertThat(sizes.hasOthers("shop")).isTrue();
        says("c", null);
        turn();
        assertThat(sizes.hasOthers("shop")).isTrue();
        assertThat(unread()).isEqualTo(2);
        assertThat(health.alive()).isTrue();
    }

    @Test
    void nothingIsBelievedBeforeAllIsRead() throws InterruptedException {
        var waits =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                sizes.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        begin(3);
        check("a", "shop");
        check("b", "shop");
        turn();
        assertThat(sizes.hasOthers("shop")).isFalse();
        await().until(() -> waits.getState() == Thread.State.WAITING);
        says("a", null);
        turn();
        waits.join();
        assertThat(sizes.hasOthers("shop")).isFalse();
        check("a", "shop"); // from then on at once
        turn();
        assertThat(sizes.hasOthers("shop")).isTrue();
    }

    @Test
    void howFarItIsReadIsTold() throws InterruptedException {
        begin(3);
        assertThat(positions.all()).isEqualTo(Map.of(CHECKS, 0L));
        sizes.close();
        assertThat(sizes.turn()).as("another turn").isFalse();
        assertThat(consumer.closed()).isTrue();
        assertThat(positions.all()).isEmpty();
    }

    @Test
    void withoutKafkaWhatItWaitsForIsSaidAndWhatWasCountedStaysUntilItIsReadWhole()
            throws InterruptedException {
        begin(0);
        check("a", "shop");
        check("b", "shop");
        turn();
        var before = consumer;
        consumer.setPollException(new TimeoutException("no answer"));
        turn();
        assertThat(pauses).containsExactly("Kafka (kafka-1:9092): no answer");
        assertThat(health.ready()).isFalse();
        assertThat(before.closed()).isTrue();
        begin(1);
        assertThat(health.ready()).isTrue();
        assertThat(connected).hasValue(2);
        assertThat(sizes.hasOthers("shop")).isTrue();
        check("a", "shop"); // b is gone
        turn();
        assertThat(sizes.hasOthers("shop")).isFalse();
    }

    @Test
    void noDefinitionIsPassedOverNorReadTwiceBecauseTheRegistryIsAway()
            throws InterruptedException {
        begin(0);
        registryAway = 2;
        says("x", "torn");
        check("a", "shop");
        check("b", "shop");
        turn();
        assertThat(pauses)
                .containsExactly(
                        "schema registry http://registry: cannot connect",
                        "schema registry http://registry: cannot connect");
        assertThat(health.ready()).isTrue();
        assertThat(sizes.hasOthers("shop")).isTrue();
        assertThat(unread()).isEqualTo(1);
        assertThat(connected).hasValue(1);
    }

    @Test
    void aBugIsTheLoopsToSayAndIsReadAgain() throws InterruptedException {
        begin(0);
        check("a", "shop");
        check("b", "shop");
        consumer.schedulePollTask(() -> {
            throw new IllegalStateException("odd");
        });
        assertThatThrownBy(sizes::turn).hasMessage("odd");
        assertThat(consumer.closed()).isTrue();
        begin(0);
        assertThat(connected).hasValue(2);
    }
}
