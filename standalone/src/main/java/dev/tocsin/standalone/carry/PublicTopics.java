package dev.tocsin.standalone.carry;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.standalone.carry.Carry.Carried;
import dev.tocsin.standalone.topic.TopicWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// Topics that keep the newest value of each key, from which readers rebuild what they know. What is in them is copied as it is: the ids in its frames are
/// the registry's, whatever a topic is called. Not `agents`: who is alive says so itself, and a copy would say it of who is not.
final class PublicTopics {
    /// So many that they are not gathered first. A reader takes the latest, and that came last.
    private static final List<Topic<?>> AS_THEY_CAME =
            List.of(Topics.CHECK_HOURS, Topics.INCIDENT_STATE);

    /// What was said earlier would be decided on once more.
    private static final List<Topic<?>> LATEST =
            List.of(Topics.CATALOG, Topics.CHECKS, Topics.MAINTENANCE);

    private PublicTopics() {}

    /// Done again, it does no harm.
    static List<Carried> copyAsTheyCame(KafkaSettings from, KafkaSettings to) {
        var carried = new ArrayList<Carried>();
        try (var producer = TopicWriter.producer(to, Map.of())) {
            for (var topic : AS_THEY_CAME) {
                var name = topic.named(to.topicPrefix());
                var failed = new AtomicReference<@Nullable Exception>();
                var count = new AtomicLong();
                TopicReader.readAll(
                        from,
                        List.of(topic.named(from.topicPrefix())),
                        record -> {
                            var _ =
                                    producer.send(
                                            copy(name, record),
                                            (_, e) -> {
                                                if (e != null) {
                                                    failed.set(e);
                                                }
                                            });
                            count.incrementAndGet();
                        });
                producer.flush();
                var why = failed.get();
                if (why != null) {
                    throw new KafkaException("cannot write to " + name, why);
                }
                carried.add(new Carried(name, count.get()));
            }
        }
        return carried;
    }

    /// In the producer's transaction. What is said of a key under the new prefix already is newer, and stays.
    static List<Carried> sendLatest(
            KafkaSettings from, KafkaSettings to, KafkaProducer<String, byte[]> producer) {
        var carried = new ArrayList<Carried>();
        for (var topic : LATEST) {
            var name = topic.named(to.topicPrefix());
            var said = new HashSet<String>();
            TopicReader.readAll(to, List.of(name), record -> said.add(record.key()));
            var latest = new TreeMap<String, ConsumerRecord<String, byte[]>>();
            TopicReader.readAll(
                    from,
                    List.of(topic.named(from.topicPrefix())),
                    record -> {
                        if (record.key() == null) {
                            return; // a dead letter there, and here
                        }
                        if (record.value() == null || said.contains(record.key())) {
                            latest.remove(record.key());
                        } else {
                            latest.put(record.key(), record);
                        }
                    });
            latest.values()
                    .forEach(record -> {
                        var _ = producer.send(copy(name, record));
                    });
            carried.add(new Carried(name, latest.size()));
        }
        return carried;
    }

    /// Where its key belongs.
    private static ProducerRecord<String, byte[]> copy(
            String topic, ConsumerRecord<String, byte[]> record) {
        return new ProducerRecord<>(topic, null, record.key(), record.value(), record.headers());
    }
}
