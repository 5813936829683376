package dev.tocsin.standalone.bench;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `incidents` as anybody may, committed events only, in a thread of its own.
final class Subscriber implements AutoCloseable {
    private final KafkaSettings kafka;
    private final Heard heard;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable RuntimeException failure;

    Subscriber(KafkaSettings kafka, Heard heard) {
        this.kafka = kafka;
        this.heard = heard;
        thread = Thread.ofPlatform().daemon().name("bench-subscriber").start(this::read);
    }

    private void read() {
        var topic = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var avro = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class);
                var reader = new TopicReader(kafka, List.of(topic))) {
            while (!stopped) {
                var records = reader.poll(Duration.ofMillis(20));
                // Before they are decoded: that is the subscriber's time, not the pipeline's.
                long now = System.currentTimeMillis();
                for (var record : records) {
                    heard.hear(Heard.Word.of(avro.deserialize(topic, record.value()), now));
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /// @throws IllegalStateException when it can hear nothing more
    void check() {
        var why = failure;
        if (why != null) {
            throw new IllegalStateException("the subscriber has ended: " + why, why);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join(Duration.ofSeconds(10));
    }
}
