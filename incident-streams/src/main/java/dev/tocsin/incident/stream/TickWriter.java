package dev.tocsin.incident.stream;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one tick a second into each partition of `check-results` that this process works on: time passes in the log, and
/// after a standstill the ticks queue behind the backlog. Plain, not transactional: a doubled tick is harmless, and a lost
/// one is followed by the next. The first tick of a task says that it resumed.
public final class TickWriter implements Ticks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TickWriter.class);

    private static final String WRITER_HEADER = "by";

    /// Nobody else's ticks are taken for this process's.
    private final byte[] writer = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);

    private final Map<Integer, Boolean> freshByPartition = new ConcurrentHashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("ticks").factory());

    public TickWriter(KafkaSettings kafka) {
        topic = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
        producer =
                new KafkaProducer<>(
                        kafka.client(
                                Map.of(
                                        "linger.ms",
                                        "0",
                                        "max.block.ms",
                                        "1000",
                                        "delivery.timeout.ms",
                                        "5000",
                                        "request.timeout.ms",
                                        "4000"),
                                Map.of(
                                        "key.serializer", ByteArraySerializer.class.getName(),
                                        "value.serializer", ByteArraySerializer.class.getName())));
        var _ = timer.scheduleAtFixedRate(this::write, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public void started(int partition) {
        freshByPartition.put(partition, true);
    }

    @Override
    public void stopped(int partition) {
        freshByPartition.remove(partition);
    }

    @Override
    public boolean own(Headers headers) {
        var by = headers.lastHeader(WRITER_HEADER);
        return by != null && Arrays.equals(by.value(), writer);
    }

    private void write() {
        for (var partition : List.copyOf(freshByPartition.keySet())) {
            boolean fresh = Boolean.TRUE.equals(freshByPartition.replace(partition, false));
            var kind = (fresh ? Topics.RESUMED : Topics.TICK).getBytes(StandardCharsets.UTF_8);
            try {
                producer.send(
                        new ProducerRecord<byte[], byte[]>(
                                topic,
                                partition,
                                (byte[]) null,
                                (byte[]) null,
                                List.of(
                                        new RecordHeader(Topics.KIND_HEADER, kind),
                                        new RecordHeader(WRITER_HEADER, writer))),
                        (_, e) -> lost(e));
            } catch (RuntimeException e) {
                lost(e); // thrown on, it would end the timer
            }
        }
    }

    private static void lost(@org.jspecify.annotations.Nullable Exception e) {
        if (e != null) {
            LOG.atDebug().addKeyValue("why", e.toString()).log("a tick was not written");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close(Duration.ofSeconds(2));
    }
}
