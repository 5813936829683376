package dev.tocsin.incident.stream;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Loop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one tick a second into each partition of `check-results` that this process works on: time passes in the log, and
/// after a standstill the ticks queue behind the backlog. Plain, not transactional: a doubled tick is harmless, and a lost
/// one is followed by the next. The first tick of a task says that it resumed.
///
/// Of each partition one tick at most is on its way. A leader that misses its followers appends what it cannot acknowledge, and what is
/// sent anew as a record of its own it appends anew: such a partition would look as if time had passed in it while nobody could
/// write (seen with two of three brokers gone), and agents' silence would be their fault.
///
/// Where none is acknowledged no silence is noticed, and so that is told by health and metrics.
public final class TickWriter implements Ticks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TickWriter.class);

    private static final String WRITER_HEADER = "by";
    private static final String PART = "ticks";

    /// Without an acknowledgement for so long it is no hiccup.
    private static final Duration STANDSTILL = Duration.ofSeconds(10);

    /// Nobody else's ticks are taken for this process's.
    private final byte[] writer = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);

    private final Map<Integer, Boolean> freshByPartition = new ConcurrentHashMap<>();
    private final Set<Integer> onTheirWay = ConcurrentHashMap.newKeySet();
    private final String topic;
    private final Producer<byte[], byte[]> producer;
    private final LongSupplier nanoTime;
    private final Health health;
    private final Counter lost;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("ticks").factory());

    /// When each was last acknowledged, or begun.
    private final Map<Integer, Long> nanosByPartition = new ConcurrentHashMap<>();

    private @Nullable String why;
    private boolean standsStill;
    private long standsStillSinceNanos;

    public TickWriter(KafkaSettings kafka, Health health, MeterRegistry metrics) {
        this(
                Topics.CHECK_RESULTS.named(kafka.topicPrefix()),
                producer(kafka),
                System::nanoTime,
                health,
                metrics);
        var _ =
                timer.scheduleAtFixedRate(
                        Loop.task(PART, health, this::write), 1, 1, TimeUnit.SECONDS);
    }

    /// Without a timer: [#write] is for the caller to call.
    TickWriter(
            String topic,
            Producer<byte[], byte[]> producer,
            LongSupplier nanoTime,
            Health health,
            MeterRegistry metrics) {
        this.topic = topic;
        this.producer = producer;
        this.nanoTime = nanoTime;
        this.health = health;
        lost =
                Counter.builder("tocsin_streams_ticks_lost_total")
                        .description("Ticks that Kafka did not take.")
                        .register(metrics);
        Gauge.builder("tocsin_streams_tick_age_seconds", this, TickWriter::ageSeconds)
                .description("Since the last acknowledged tick; 0 where there are none to write.")
                .register(metrics);
    }

    private static Producer<byte[], byte[]> producer(KafkaSettings kafka) {
        return new KafkaProducer<>(
                kafka.client(
                        Map.of(
                                "linger.ms",
                                "0",
                                "max.block.ms",
                                "1000",
                                "request.timeout.ms",
                                "4000"),
                        Map.of(
                                "acks",
                                "all",
                                "enable.idempotence",
                                "true",
                                "delivery.timeout.ms",
                                Integer.toString(Integer.MAX_VALUE), // as one record
                                "key.serializer",
                                ByteArraySerializer.class.getName(),
                                "value.serializer",
                                ByteArraySerializer.class.getName())));
    }

    @Override
    public void started(int partition) {
        nanosByPartition.put(partition, nanoTime.getAsLong());
        freshByPartition.put(partition, true);
    }

    @Override
    public void stopped(int partition) {
        freshByPartition.remove(partition);
        nanosByPartition.remove(partition);
    }

    @Override
    public boolean own(Headers headers) {
        var by = headers.lastHeader(WRITER_HEADER);
        return by != null && Arrays.equals(by.value(), writer);
    }

    /// One tick for each partition that has answered the one before.
    void write() {
        var partitions = List.copyOf(freshByPartition.keySet());
        look();
        for (var partition : partitions) {
            if (!onTheirWay.add(partition)) {
                continue;
            }
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
                        (_, e) -> answered(partition, e));
            } catch (RuntimeException e) {
                answered(partition, e); // thrown on, it would end the timer
            }
        }
    }

    private synchronized void look() {
        var age = age();
        if (age.compareTo(STANDSTILL) < 0) {
            well();
            return;
        }
        var text =
                "no tick has been acknowledged for %d s, and so no silence is noticed: %s"
                        .formatted(age.toSeconds(), why == null ? "no answer" : why);
        health.waiting(PART, text);
        if (!standsStill) {
            standsStill = true;
            standsStillSinceNanos = nanoTime.getAsLong() - age.toNanos();
            LOG.warn(text);
        }
    }

    private synchronized void answered(int partition, @Nullable Exception e) {
        onTheirWay.remove(partition);
        if (e == null) {
            nanosByPartition.replace(partition, nanoTime.getAsLong());
            if (age().compareTo(STANDSTILL) < 0) {
                well();
            }
        } else {
            lost.increment();
            why = e.toString();
        }
    }

    private void well() {
        if (standsStill) {
            var stood = Duration.ofNanos(nanoTime.getAsLong() - standsStillSinceNanos);
            LOG.atInfo().addKeyValue("after-s", stood.toSeconds()).log("ticks are written again");
            standsStill = false;
            health.fine(PART);
            why = null;
        }
    }

    private double ageSeconds() {
        return age().toNanos() / 1e9;
    }

    /// Of the partition that has waited longest; zero where there are none.
    private Duration age() {
        long now = nanoTime.getAsLong();
        long longest = 0;
        for (long nanos : nanosByPartition.values()) {
            longest = Math.max(longest, now - nanos);
        }
        return Duration.ofNanos(longest);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close(Duration.ofSeconds(2));
    }
}
