package dev.tocsin.agent.publish;

import dev.tocsin.schemas.TrustedRecords;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// A producer whose Kafka is away: whoever sends or asks waits, as it does without metadata or with a full buffer, until Kafka is back or the producer is closed.
final class AwayProducer extends MockProducer<String, byte[]> {
    static {
        TrustedRecords.trust();
    }

    /// Records as people read them.
    static final Serializer<SpecificRecord> TEXT =
            (_, value) -> value.toString().getBytes(StandardCharsets.UTF_8);

    private final CountDownLatch back = new CountDownLatch(1);
    final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean ended;
    volatile @Nullable Duration closedWithin;

    AwayProducer() {
        super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // who waits must not keep others out
    public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
        awaitKafka();
        return super.send(record, callback);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as above
    public List<PartitionInfo> partitionsFor(String topic) {
        awaitKafka();
        return super.partitionsFor(topic);
    }

    private void awaitKafka() {
        waiting.incrementAndGet();
        try {
            back.await();
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        } finally {
            waiting.decrementAndGet();
        }
        if (ended) {
            throw new KafkaException("Producer closed while send in progress");
        }
    }

    void comeBack() {
        back.countDown();
    }

    @Override
    public void close(Duration timeout) {
        closedWithin = timeout;
        ended = true;
        back.countDown();
    }

    List<String> sent(String topic) {
        return history().stream()
                .filter(record -> record.topic().equals(topic))
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }
}
