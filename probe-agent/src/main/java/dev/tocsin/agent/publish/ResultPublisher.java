package dev.tocsin.agent.publish;

import dev.tocsin.agent.publish.spool.Progress;
import dev.tocsin.agent.publish.spool.Spool;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.Loop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Carries results to Kafka by way of the disk: `publish -> queue -> [Spooler] -> spool -> [Uploader] -> producer`, and what an agent says of
/// itself beside it: `tell -> [Teller] -> producer`. A probe never waits for any of it, not for a slow disk (the queue), nor for a broker or
/// registry that is away (`send()` itself may block then, research/kafka.md 9: on threads of its own). Nothing leaves the spool before a broker
/// has it; when the spool is full the oldest goes, is counted, and the heartbeat tells.
public final class ResultPublisher implements AutoCloseable {
    private static final int QUEUE_CAP = 200_000;
    private static final long WAIT_MILLIS = 100;
    private static final Duration TELLER_LOOKS = Duration.ofMillis(50);

    /// What a close takes, Kafka or not.
    private static final Duration FLUSH = Duration.ofSeconds(5);

    private final BlockingDeque<CheckResult> queue = new LinkedBlockingDeque<>(QUEUE_CAP);
    private final Tally tally = new Tally();
    private final Lifecycle lifecycle = new Lifecycle();
    private final LongSupplier nanos;
    private final Duration flush;
    private final Spool spool;
    private final Progress progress;
    private final Link link;
    private final Uploader uploader;
    private final Teller teller;
    private final List<Thread> threads;
    private volatile boolean closing;
    private volatile boolean drained;
    private volatile boolean abandoned;

    /// @param dir of the spool; nobody else may use it
    /// @throws ConfigException when the folder cannot be used
    public ResultPublisher(KafkaSettings kafka, Path dir, long spoolBytes, Health health) {
        this(
                () -> KafkaSettings.connect(() -> new KafkaProducer<>(properties(kafka))),
                AvroSerdes.serializer(kafka.serdes()),
                kafka.topicPrefix(),
                kafka.bootstrapServers(),
                dir,
                spoolBytes,
                health,
                InstantSource.system(),
                System::nanoTime,
                FLUSH);
    }

    /// @param where Kafka is, for people
    /// @param nanos monotonic
    /// @param flush what a close may take
    ResultPublisher(
            Supplier<Producer<String, byte[]>> producer,
            Serializer<SpecificRecord> serializer,
            String prefix,
            String where,
            Path dir,
            long spoolBytes,
            Health health,
            InstantSource clock,
            LongSupplier nanos,
            Duration flush) {
        this.nanos = nanos;
        this.flush = flush;
        link = new Link(producer);
        try {
            spool = lifecycle.closing("spool", new Spool(dir, spoolBytes));
            progress = new Progress(dir.resolve("progress"), spool.end());
            lifecycle.onClose("progress", progress::save);
        } catch (IOException e) {
            lifecycle.close();
            throw new ConfigException("the spool " + dir + " cannot be used: " + e.getMessage());
        }
        var bypass = new Bypass(tally);
        var spooler = new Spooler(queue, spool, progress, bypass, tally, health, nanos);
        uploader =
                new Uploader(
                        spool,
                        progress,
                        bypass,
                        link,
                        serializer,
                        prefix,
                        where,
                        tally,
                        health,
                        clock,
                        nanos,
                        Thread::sleep);
        teller = new Teller(link, serializer, prefix, nanos, TELLER_LOOKS, health);
        threads =
                List.of(
                        Loop.start("spooler", health, () -> fill(spooler)),
                        Loop.start("uploader", health, this::upload),
                        teller.thread());
    }

    static Map<String, Object> properties(KafkaSettings kafka) {
        return kafka.client(
                Map.of(
                        "linger.ms",
                        "5",
                        "compression.type",
                        "lz4",
                        "max.block.ms",
                        "10000",
                        "reconnect.backoff.max.ms",
                        "5000"),
                Map.of(
                        "key.serializer", StringSerializer.class.getName(),
                        "value.serializer", ByteArraySerializer.class.getName(),
                        "acks", "all",
                        "enable.idempotence", "true",
                        "delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE)));
    }

    private boolean fill(Spooler spooler) throws InterruptedException {
        boolean last = closing; // asked first: what came during the turn takes another
        boolean some = spooler.turn(WAIT_MILLIS);
        drained = last && !some && queue.isEmpty();
        return !drained && !abandoned;
    }

    private boolean upload() throws InterruptedException {
        return uploader.turn(drained) && !abandoned;
    }

    /// Never blocks. Thread-safe.
    public void publish(CheckResult result) {
        tally.taken.incrementAndGet();
        while (!queue.offerLast(result)) {
            if (queue.pollFirst() != null) {
                tally.lose(true);
            }
        }
    }

    public Duration clockOffset() {
        return uploader.clockOffset();
    }

    /// Of this run: a broker has them.
    public long published() {
        return tally.acknowledged.get();
    }

    /// Of this run: neither acknowledged nor lost.
    public long pending() {
        return Math.max(0, tally.taken.get() - tally.acknowledged.get());
    }

    /// Of those: not even on disk.
    int queued() {
        return queue.size();
    }

    /// On disk and not acknowledged, of earlier runs, too.
    public long pendingBytes() {
        return progress.pendingBytes(spool.end());
    }

    public long lost() {
        return tally.lost.get();
    }

    /// Taken with less text than was found.
    public long clipped() {
        return tally.clipped.get();
    }

    /// What is told again before it went out replaces it. Never blocks. Thread-safe.
    public <V extends SpecificRecord> void tell(Topic<V> to, String key, V value) {
        teller.tell(to, key, value);
    }

    /// Whatever Kafka does, it ends in time: what a broker does not have by then is on disk.
    @Override
    public void close() {
        closing = true;
        teller.finish();
        long until = nanos.getAsLong() + flush.toNanos();
        boolean interrupted = false;
        try {
            boolean ended = true;
            for (var thread : threads) {
                ended &= thread.join(left(until));
            }
            abandoned = true;
            teller.abandon();
            link.close(ended ? left(until) : Duration.ZERO); // wakes whoever waits in send()
            for (var thread : threads) {
                // no interrupt: it would close the file being read
                var _ = thread.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            // Told at the end: until then it would close the files being written.
            interrupted = true;
            abandoned = true;
            teller.abandon();
            link.close(Duration.ZERO);
        }
        lifecycle.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration left(long until) {
        return Duration.ofNanos(Math.max(1, until - nanos.getAsLong()));
    }
}
