package dev.tocsin.agent.publish;

import dev.tocsin.agent.publish.Newest.Told;
import dev.tocsin.schemas.Topic;
import dev.tocsin.service.Health;
import dev.tocsin.service.Loop;
import dev.tocsin.service.progress.Spell;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says what an agent has to say of itself (heartbeats, hours): whoever tells never waits, what is told again before it went out replaces it, and what could
/// not be sent is tried again. A thread of its own waits for Kafka, and no lock is held while it does.
final class Teller {
    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);

    private final Link link;
    private final Serializer<SpecificRecord> serializer;
    private final String prefix;
    private final LongSupplier nanos;
    private final Duration looks;
    private final Newest<SpecificRecord> waiting = new Newest<>();
    private final Map<String, Spell> unwritten = new ConcurrentHashMap<>();
    private final Semaphore bell = new Semaphore(0);
    private final Thread thread;
    private long saidDropped;
    private volatile boolean closing;
    private volatile boolean abandoned;

    /// @param looks how often, when nothing is told: for the link to be made, or for a topic to have rested
    Teller(
            Link link,
            Serializer<SpecificRecord> serializer,
            String prefix,
            LongSupplier nanos,
            Duration looks,
            Health health) {
        this.link = link;
        this.serializer = serializer;
        this.prefix = prefix;
        this.nanos = nanos;
        this.looks = looks;
        thread = Loop.start("teller", health, this::turn);
    }

    /// Never blocks. Thread-safe.
    <V extends SpecificRecord> void tell(Topic<V> to, String key, V value) {
        synchronized (waiting) {
            waiting.put(to.named(prefix), key, value);
        }
        bell.release();
    }

    private boolean turn() throws InterruptedException {
        boolean last = closing; // asked first: what was told during the turn takes another
        var producer = link.ifMade();
        var next = next(producer != null);
        if (producer != null && next != null) {
            send(producer, next);
        } else if (last) {
            return false; // what rests would not go through now
        } else if (bell.tryAcquire(looks.toMillis(), TimeUnit.MILLISECONDS)) {
            bell.drainPermits();
        }
        return !abandoned;
    }

    private @Nullable Told<SpecificRecord> next(boolean linked) {
        synchronized (waiting) {
            sayDropped();
            return linked ? waiting.poll(nanos.getAsLong()) : null;
        }
    }

    private void sayDropped() {
        if (waiting.dropped() > saidDropped) {
            LOG.atError()
                    .addKeyValue("records", waiting.dropped() - saidDropped)
                    .log("too much waits to be told: the oldest is lost");
            saidDropped = waiting.dropped();
        }
    }

    private void send(Producer<String, byte[]> producer, Told<SpecificRecord> told) {
        try {
            var value = serializer.serialize(told.topic(), told.value());
            var _ =
                    producer.send(
                            new ProducerRecord<>(told.topic(), told.key(), value),
                            (_, e) -> {
                                if (e == null) {
                                    say(told.topic(), null);
                                } else {
                                    again(told, e);
                                }
                            });
        } catch (KafkaException | IllegalStateException e) {
            again(told, e); // IllegalStateException: the producer was closed meanwhile
        }
    }

    private void again(Told<SpecificRecord> told, Exception why) {
        say(told.topic(), why);
        if (why instanceof RecordTooLargeException) {
            return; // it would be so for ever
        }
        synchronized (waiting) {
            waiting.again(told, nanos.getAsLong());
        }
    }

    /// Of each topic that it is not written to, at most once a minute.
    private void say(String topic, @Nullable Exception e) {
        var spell = unwritten.computeIfAbsent(topic, _ -> new Spell());
        synchronized (spell) {
            var now = Duration.ofNanos(nanos.getAsLong());
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

    /// No more is told after this.
    void finish() {
        closing = true;
        bell.release();
    }

    void abandon() {
        abandoned = true;
    }

    Thread thread() {
        return thread;
    }
}
