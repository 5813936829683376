package dev.tocsin.agent;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries results to Kafka in order. A probe never waits for it: results queue here while broker or registry are away,
/// (or know no schema yet), one thread uploads, and the producer retries for ever (`send()` itself may block when all brokers are gone,
/// research/kafka.md 9). When the queue is full the oldest result goes and is counted; the heartbeat tells how many.
final class ResultPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultPublisher.class);
    private static final int QUEUE_CAP = 200_000;
    private static final Duration FLUSH = Duration.ofSeconds(5);

    private final BlockingDeque<CheckResult> queue = new LinkedBlockingDeque<>(QUEUE_CAP);
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final ClockOffset clockOffset = new ClockOffset();
    private final KafkaProducer<String, byte[]> producer;
    private final Serializer<SpecificRecord> serializer;
    private final String prefix;
    private final Health health;
    private final Thread uploader;
    private volatile boolean closing;

    ResultPublisher(KafkaSettings kafka, Health health) {
        this.health = health;
        prefix = kafka.topicPrefix();
        producer =
                new KafkaProducer<>(
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
                                        "delivery.timeout.ms",
                                                Integer.toString(Integer.MAX_VALUE))));
        serializer = AvroSerdes.serializer(kafka.properties());
        uploader = Thread.ofPlatform().name("result-publisher").daemon().start(this::upload);
    }

    /// Never blocks. Thread-safe.
    void publish(CheckResult result) {
        while (!queue.offerLast(result)) {
            if (queue.pollFirst() != null) {
                lost.incrementAndGet();
            }
        }
    }

    Duration clockOffset() {
        return clockOffset.value();
    }

    long pending() {
        return queue.size() + inFlight.get();
    }

    long lost() {
        return lost.get();
    }

    /// Best effort: what is said again later replaces it.
    ///
    /// @return whether it is on its way
    <V extends SpecificRecord> boolean tell(Topic<V> to, String key, V value) {
        var topic = to.named(prefix);
        try {
            producer.send(
                    new ProducerRecord<>(topic, key, serializer.serialize(topic, value)),
                    (_, e) -> {
                        if (e != null) {
                            LOG.atWarn()
                                    .addKeyValue("topic", topic)
                                    .addKeyValue("why", e.toString())
                                    .log("was not sent");
                        }
                    });
            return true;
        } catch (KafkaException e) {
            LOG.atDebug()
                    .addKeyValue("topic", topic)
                    .addKeyValue("why", e.toString())
                    .log("was not sent");
            return false;
        }
    }

    private void upload() {
        try {
            while (!closing || !queue.isEmpty()) {
                var result = queue.pollFirst(200, java.util.concurrent.TimeUnit.MILLISECONDS);
                if (result != null && !send(result)) {
                    if (!queue.offerFirst(result)) {
                        lost.incrementAndGet();
                    }
                    if (closing) {
                        return;
                    }
                    Thread.sleep(500); // the registry or the broker is away: a pause between tries
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("bug: results are no longer published");
            health.failed("publisher", e);
        }
    }

    private boolean send(CheckResult result) {
        var topic = Topics.CHECK_RESULTS.named(prefix);
        result =
                CheckResult.newBuilder(result)
                        .setClockOffsetMs(clockOffset.value().toMillis())
                        .build();
        try {
            var value = serializer.serialize(topic, result);
            var headers =
                    result.getOutcome() == Outcome.FAIL
                            ? List.<org.apache.kafka.common.header.Header>of(
                                    new RecordHeader(
                                            "traceparent",
                                            TraceParent.of(result)
                                                    .getBytes(StandardCharsets.UTF_8)))
                            : List.<org.apache.kafka.common.header.Header>of();
            long sentAt = System.currentTimeMillis();
            inFlight.incrementAndGet();
            var again = result;
            producer.send(
                    new ProducerRecord<>(topic, null, result.getCheckId(), value, headers),
                    (metadata, e) -> {
                        inFlight.decrementAndGet();
                        if (e == null) {
                            clockOffset.sample(
                                    sentAt, metadata.timestamp(), System.currentTimeMillis());
                            health.fine("publisher");
                        } else {
                            if (health.why("publisher") == null) {
                                LOG.atWarn()
                                        .addKeyValue("why", e.toString())
                                        .log("a result was refused; it is tried again");
                            }
                            health.waiting("publisher", e.toString());
                            if (!queue.offerFirst(again)) {
                                lost.incrementAndGet();
                            }
                        }
                    });
            return true;
        } catch (KafkaException e) {
            if (health.why("publisher") == null) {
                LOG.atWarn()
                        .addKeyValue("why", e.getMessage())
                        .log("results wait here until Kafka and the registry answer");
            }
            health.waiting("publisher", e.toString());
            return false;
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        uploader.join(FLUSH);
        uploader.interrupt();
        producer.close(FLUSH);
        if (pending() > 0) {
            LOG.atWarn()
                    .addKeyValue("results", pending())
                    .log("ended with results that no broker took");
        }
    }
}
