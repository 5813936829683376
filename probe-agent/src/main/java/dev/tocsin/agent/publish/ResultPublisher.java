package dev.tocsin.agent.publish;

import dev.tocsin.agent.publish.spool.Progress;
import dev.tocsin.agent.publish.spool.Progress.Range;
import dev.tocsin.agent.publish.spool.Spool;
import dev.tocsin.agent.publish.spool.Spool.Entry;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.schemas.serde.Warming;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.progress.Spell;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries results to Kafka by way of the disk: `publish -> queue -> spool -> uploader -> producer`. A probe never waits for any of it,
/// not for a slow disk (the queue), nor for a broker or registry that is away (the spool; `send()` itself may block then,
/// research/kafka.md 9). What is live goes first; what an earlier run or an absence has left is filled in beside it, slowly, in the lane
/// BACKFILL. Nothing leaves the spool before a broker has it; when the spool is full the oldest goes, is counted, and the heartbeat tells.
public final class ResultPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultPublisher.class);
    private static final int QUEUE_CAP = 200_000;
    private static final int IN_FLIGHT_CAP = 10_000;
    private static final Duration FLUSH = Duration.ofSeconds(5);

    /// Older results are history: they must not hold up what happens now.
    private static final Duration LIVE_FOR = Duration.ofMinutes(1);

    /// At most a thousand a second are filled in.
    private static final long BACKFILL_PAUSE_NANOS = 1_000_000;

    private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Their schemas are asked for once, before anything is sent: a registry that goes away later is not missed.
    private static final List<Topic<?>> WRITTEN =
            List.of(Topics.CHECK_RESULTS, Topics.CHECK_HOURS, Topics.AGENTS);

    private record Refused(Entry entry, Lane lane, Range range, long from) {}

    private final BlockingDeque<CheckResult> queue = new LinkedBlockingDeque<>(QUEUE_CAP);
    private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong clipped = new AtomicLong();
    private final Map<String, Spell> unwritten = new ConcurrentHashMap<>();
    private final long startNanos = System.nanoTime();
    private final ClockOffset clockOffset = new ClockOffset();
    private final Lifecycle lifecycle = new Lifecycle();
    private final Spool spool;
    private final Progress progress;

    /// What stands before it in the spool is of earlier runs.
    private final long runStart;

    private final Map<String, Object> producerProperties;
    private final Serializer<SpecificRecord> serializer;
    private final String prefix;
    private final Health health;
    private volatile @Nullable KafkaProducer<String, byte[]> producer;
    private volatile boolean closing;
    private volatile boolean drained;
    private volatile boolean abandoned;

    /// @param dir of the spool; nobody else may use it
    /// @throws ConfigException when the folder cannot be used
    public ResultPublisher(KafkaSettings kafka, Path dir, long spoolBytes, Health health) {
        this.health = health;
        prefix = kafka.topicPrefix();
        try {
            spool = lifecycle.closing("spool", new Spool(dir, spoolBytes));
            runStart = spool.end();
            progress = new Progress(dir.resolve("progress"), runStart);
            lifecycle.onClose("progress", progress::save);
        } catch (IOException e) {
            lifecycle.close();
            throw new ConfigException("the spool " + dir + " cannot be used: " + e.getMessage());
        }
        producerProperties =
                kafka.client(
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
        lifecycle.onClose(
                "producer",
                () -> {
                    var sending = producer;
                    if (sending != null) {
                        sending.close(FLUSH);
                    }
                });
        serializer = AvroSerdes.serializer(kafka.serdes());
        start("uploader", this::upload);
        start("spooler", this::fill);
    }

    private interface Loop {
        void run() throws InterruptedException, IOException;
    }

    private void start(String name, Loop loop) {
        var thread =
                Thread.ofPlatform()
                        .name(name)
                        .daemon()
                        .start(() -> {
                            try {
                                loop.run();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            } catch (IOException | RuntimeException e) {
                                LOG.atError()
                                        .setCause(e)
                                        .log("bug: results are no longer published");
                                health.failed("publisher", e);
                            }
                        });
        lifecycle.onClose(
                name,
                () -> {
                    if (!thread.join(FLUSH)) {
                        abandoned = true; // no interrupt: it would close the file being read
                        thread.join(FLUSH);
                    }
                });
    }

    /// Never blocks. Thread-safe.
    public void publish(CheckResult result) {
        while (!queue.offerLast(result)) {
            if (queue.pollFirst() != null) {
                lost.incrementAndGet();
            }
        }
    }

    public Duration clockOffset() {
        return clockOffset.value();
    }

    /// Of this run: a broker has them.
    public long published() {
        return acknowledged.get();
    }

    /// Of this run: neither acknowledged nor lost.
    public long pending() {
        return queue.size() + taken.get() - acknowledged.get();
    }

    /// On disk and not acknowledged, of earlier runs, too.
    public long pendingBytes() {
        return progress.pendingBytes(spool.end());
    }

    public long lost() {
        return lost.get();
    }

    /// Sent with less text than was found.
    public long clipped() {
        return clipped.get();
    }

    /// Best effort: what is said again later replaces it.
    ///
    /// @return whether it is on its way
    public <V extends SpecificRecord> boolean tell(Topic<V> to, String key, V value) {
        var topic = to.named(prefix);
        var sending = producer;
        if (sending == null) {
            return false;
        }
        try {
            var sent =
                    sending.send(
                            new ProducerRecord<>(topic, key, serializer.serialize(topic, value)),
                            (_, e) -> say(topic, e));
            return sent.state() != Future.State.FAILED; // it waited for Kafka in vain
        } catch (KafkaException e) {
            LOG.atDebug()
                    .addKeyValue("topic", topic)
                    .addKeyValue("why", e.toString())
                    .log("was not sent");
            return false;
        }
    }

    /// Of each topic that it is not written to, at most once a minute.
    private void say(String topic, @Nullable Exception e) {
        var spell = unwritten.computeIfAbsent(topic, _ -> new Spell());
        synchronized (spell) {
            var now = Duration.ofNanos(System.nanoTime() - startNanos);
            var word = spell.next(e != null, now);
            if (word == Spell.Word.ENDS) {
                LOG.atInfo()
                        .addKeyValue("topic", topic)
                        .addKeyValue("after-s", spell.end(now).toSeconds())
                        .log("is written again");
            } else if (word != null) {
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("why", String.valueOf(e))
                        .log("was not sent");
            }
        }
    }

    /// From the queue to the disk; and once a second what was sent is written down.
    private void fill() throws InterruptedException, IOException {
        long saved = System.nanoTime();
        while (!abandoned && (!closing || !queue.isEmpty())) {
            var result = queue.pollFirst(100, TimeUnit.MILLISECONDS);
            try {
                if (result != null) {
                    spool.append(result);
                    taken.incrementAndGet();
                }
                if (System.nanoTime() - saved > SAVE_NANOS) {
                    saved = System.nanoTime();
                    spool.force();
                    progress.save();
                    lost.addAndGet(spool.bound(progress.sent()));
                    health.fine("spool");
                }
            } catch (IOException e) {
                if (result != null && !queue.offerFirst(result)) {
                    lost.incrementAndGet();
                }
                health.waiting("spool", "the disk: " + e.getMessage());
                if (closing) {
                    throw e;
                }
                Thread.sleep(500); // between tries
            }
        }
        drained = true;
    }

    private void upload() throws InterruptedException, IOException {
        for (boolean warm = false; !warm && !abandoned; ) {
            try {
                producer();
                WRITTEN.forEach(topic -> Warming.id(serializer, topic, prefix));
                warm = true;
            } catch (KafkaException e) {
                trouble("results wait here until Kafka and the registry answer", e);
                Thread.sleep(500); // between tries
            }
        }
        long lastBackfill = System.nanoTime();
        while (!abandoned) {
            var again = refused.poll();
            if (again != null) {
                if (!send(again.entry(), again.lane(), again.range(), again.from())) {
                    refused.add(again);
                    Thread.sleep(500); // the registry or the broker is away: between tries
                }
                continue;
            }
            if (progress.inFlight() >= IN_FLIGHT_CAP) {
                Thread.sleep(5); // the broker is behind: between looks
                continue;
            }
            long end = spool.end();
            long live = progress.live();
            var entry = spool.read(live);
            if (entry != null) {
                live(entry, live);
                continue;
            }
            if (closing && drained) {
                return;
            }
            var older = progress.backlog();
            if (older != null && System.nanoTime() - lastBackfill >= BACKFILL_PAUSE_NANOS) {
                lastBackfill = System.nanoTime();
                backfill(older);
            } else {
                spool.await(end, older == null ? 50 : 1);
            }
        }
    }

    private void live(Entry entry, long from) throws InterruptedException {
        if (entry.result().getStartedAt().isBefore(Instant.now().minus(LIVE_FOR))) {
            progress.giveUpLive(spool.end());
        } else if (!start(entry, Lane.LIVE, from)) {
            Thread.sleep(500);
        }
    }

    private void backfill(long from) throws InterruptedException, IOException {
        var entry = spool.read(from);
        if (entry == null || entry.at() > from) {
            progress.passOver(from, entry == null ? Long.MAX_VALUE : entry.at());
        } else if (!start(entry, Lane.BACKFILL, from)) {
            Thread.sleep(500);
        }
    }

    private boolean start(Entry entry, Lane lane, long from) {
        var range = progress.sending(from, entry.next());
        if (send(entry, lane, range, from)) {
            return true;
        }
        progress.takeBack(range, from);
        return false;
    }

    /// @return false when it could not be handed over now
    private boolean send(Entry entry, Lane lane, Range range, long from) {
        var topic = Topics.CHECK_RESULTS.named(prefix);
        var found = entry.result();
        var fitting = Clip.fit(found);
        var builder = CheckResult.newBuilder(fitting).setLane(lane);
        if (lane == Lane.LIVE) {
            builder.setClockOffsetMs(clockOffset.value().toMillis());
        }
        var result = builder.build();
        try {
            var sending = producer();
            var value = serializer.serialize(topic, result);
            long sentAt = System.currentTimeMillis();
            sending.send(
                    new ProducerRecord<>(
                            topic, null, result.getCheckId(), value, TraceParent.headers(result)),
                    (metadata, e) -> {
                        if (e == null) {
                            progress.acknowledged(range, from);
                            acknowledged.addAndGet(from >= runStart ? 1 : 0);
                            clipped.addAndGet(fitting.equals(found) ? 0 : 1);
                            clockOffset.sample(
                                    sentAt, metadata.timestamp(), System.currentTimeMillis());
                            health.fine("publisher");
                        } else if (e instanceof RecordTooLargeException) {
                            // Tried again it would be refused for ever, and hold up what comes
                            // after.
                            lost.incrementAndGet();
                            taken.addAndGet(from >= runStart ? -1 : 0);
                            progress.acknowledged(range, from);
                            LOG.atError()
                                    .addKeyValue("check", result.getCheckId())
                                    .addKeyValue("why", e.getMessage())
                                    .log("a result is too large even without its texts: lost");
                        } else {
                            trouble("a result was refused; it is tried again", e);
                            refused.add(new Refused(entry, lane, range, from));
                        }
                    });
            return true;
        } catch (KafkaException e) {
            trouble("results wait here until Kafka and the registry answer", e);
            return false;
        }
    }

    /// Made when it is first needed: names that do not resolve yet are no reason not to start.
    private KafkaProducer<String, byte[]> producer() {
        var sending = producer;
        if (sending == null) {
            sending =
                    KafkaSettings.connect(
                            () -> new KafkaProducer<String, byte[]>(producerProperties));
            producer = sending;
        }
        return sending;
    }

    private void trouble(String what, Exception e) {
        if (health.why("publisher") == null) {
            LOG.atWarn().addKeyValue("why", String.valueOf(e.getMessage())).log(what);
        }
        health.waiting("publisher", e.toString());
    }

    @Override
    public void close() {
        closing = true;
        lifecycle.close();
    }
}
