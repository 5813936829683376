package dev.tocsin.standalone.carry;

import dev.tocsin.incident.IncidentTopology;
import dev.tocsin.notifier.Notifier;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.service.streams.AppState;
import dev.tocsin.standalone.topic.TopicWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/// What is known under one prefix, taken along to another whose topics have more partitions. Nothing is changed under the first. Under the other all of the
/// state appears with one commit, or nothing of it: after a crash, or whatever it failed of, the same is simply done again.
public final class Carry {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(30);

    /// The most that a broker allows unless it is told otherwise (`transaction.max.timeout.ms`).
    private static final Duration TRANSACTION = Duration.ofMinutes(15);

    /// @param what a topic
    /// @param count of records
    public record Carried(String what, long count) {
        public String line() {
            return "%8d  %s".formatted(count, what);
        }
    }

    private final KafkaSettings from;
    private final KafkaSettings to;
    private final Admin admin;
    private final List<Carried> carried = new ArrayList<>();

    private Carry(KafkaSettings from, KafkaSettings to, Admin admin) {
        this.from = from;
        this.to = to;
        this.admin = admin;
    }

    /// @param to whose topics have been made
    /// @param prefix of the old ones
    /// @return what was carried, by topic
    /// @throws ConfigException when it is not done, saying why
    public static List<Carried> run(KafkaSettings to, String prefix)
            throws ExecutionException, InterruptedException {
        try (var admin = to.admin(ANSWERS_WITHIN)) {
            return new Carry(to.with("topic.prefix", prefix), to, admin).run();
        }
    }

    private List<Carried> run() throws ExecutionException, InterruptedException {
        var keys = new TreeMap<String, String>();
        var apps = List.of(IncidentTopology.state(), Notifier.state(keys::get));
        var topics = topics();
        var layout = Layout.of(from.topicPrefix(), to.topicPrefix(), apps, topics);
        requireStopped(apps);
        try (var producer = producer()) {
            producer.initTransactions(); // what another run left open ends with that
            requireNothing(layout.there(topics));
            var left = new ArrayList<ConsumerRecord<String, byte[]>>();
            var backlog = new Backlog(from, admin);
            for (var app : apps) {
                left.addAll(backlog.leftBy(app));
            }
            keys.putAll(IncidentKeys.read(from));
            var changelogs = new ChangelogTopics(admin, to);
            for (var store : layout.stores()) {
                changelogs.make(store);
            }
            carried.addAll(PublicTopics.copyAsTheyCame(from, to));
            carryAll(layout, left, producer);
        }
        return List.copyOf(carried);
    }

    private void carryAll(
            Layout layout,
            List<ConsumerRecord<String, byte[]>> left,
            KafkaProducer<String, byte[]> producer) {
        producer.beginTransaction();
        try {
            for (var store : layout.stores()) {
                carry(store, producer);
            }
            carried.addAll(PublicTopics.sendLatest(from, to, producer));
            carryLeft(left, producer);
            producer.commitTransaction(); // throws what a send failed of
        } catch (RuntimeException e) {
            abort(producer, e);
            throw e;
        }
    }

    /// Or who reads those topics would wait until it has timed out.
    private static void abort(KafkaProducer<String, byte[]> producer, RuntimeException why) {
        try {
            producer.abortTransaction();
        } catch (KafkaException e) {
            why.addSuppressed(e); // another run has ended it, or it times out
        }
    }

    /// With their numbers of partitions, in the order of their names.
    private Map<String, Integer> topics() throws ExecutionException, InterruptedException {
        var ours =
                admin.listTopics().names().get().stream()
                        .filter(name ->
                                name.startsWith(from.topicPrefix())
                                        || name.startsWith(to.topicPrefix()))
                        .toList();
        var topics = new TreeMap<String, Integer>();
        admin.describeTopics(ours)
                .allTopicNames()
                .get()
                .forEach((name, topic) -> topics.put(name, topic.partitions().size()));
        return topics;
    }

    private void requireStopped(List<AppState> apps)
            throws ExecutionException, InterruptedException {
        for (var app : apps) {
            for (var prefix : List.of(from.topicPrefix(), to.topicPrefix())) {
                int members = members(app.group(prefix));
                if (members > 0) {
                    throw new ConfigException(
                            "%s runs: its group has %d members; stop it first, and all services of both prefixes"
                                    .formatted(app.group(prefix), members));
                }
            }
        }
    }

    private int members(String group) throws ExecutionException, InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .mapToInt(described -> described.members().size())
                    .sum();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw e;
        }
    }

    /// What a run left that did not come to its commit is nothing.
    private void requireNothing(List<String> changelogs) {
        for (var changelog : changelogs) {
            var count = new AtomicLong();
            TopicReader.readAll(to, List.of(changelog), _ -> count.incrementAndGet());
            if (count.get() > 0) {
                throw new ConfigException(
                        "there is state under the prefix \"%s\" already: %s has %d records; what is carried would be mixed with it, so choose another prefix"
                                .formatted(to.topicPrefix(), changelog, count.get()));
            }
        }
    }

    private KafkaProducer<String, byte[]> producer() {
        return TopicWriter.producer(
                to,
                Map.of(
                        "transactional.id",
                        to.topicPrefix() + "tocsin-carry",
                        "transaction.timeout.ms",
                        Long.toString(TRANSACTION.toMillis())));
    }

    private void carry(Layout.Store store, KafkaProducer<String, byte[]> producer) {
        var shares = new Shares(store.rule(), store.partitions());
        TopicReader.readAll(
                from,
                List.of(store.from()),
                record ->
                        shares.read(
                                record.partition(),
                                record.key(),
                                record.value(),
                                record.timestamp()));
        long undecided = shares.undecided();
        if (undecided > 0) {
            throw new ConfigException(
                    "%s holds %d records that wait for their time (store \"%s\"): start streams under the prefix \"%s\" once more, and stop it when all have come"
                            .formatted(
                                    store.app().group(from.topicPrefix()),
                                    undecided,
                                    store.name(),
                                    from.topicPrefix()));
        }
        var count = new AtomicLong();
        shares.dealt()
                .forEach((partition, entries) ->
                        entries.forEach(entry -> {
                            var _ =
                                    producer.send(
                                            new ProducerRecord<>(
                                                    store.to(),
                                                    partition,
                                                    entry.writtenMs(),
                                                    entry.key(),
                                                    entry.value()));
                            count.incrementAndGet();
                        }));
        if (count.get() > 0) {
            carried.add(new Carried(store.to(), count.get()));
        }
    }

    private void carryLeft(
            List<ConsumerRecord<String, byte[]>> left, KafkaProducer<String, byte[]> producer) {
        var deliveries = Topics.DELIVERIES.named(to.topicPrefix());
        for (var record : left) {
            var _ = producer.send(new ProducerRecord<>(deliveries, record.key(), record.value()));
        }
        if (!left.isEmpty()) {
            carried.add(new Carried(deliveries, left.size()));
        }
    }
}
