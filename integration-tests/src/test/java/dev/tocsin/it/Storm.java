package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.it.Mutants.Entry;
import dev.tocsin.it.Mutants.Mutant;
import dev.tocsin.it.Mutants.Way;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.TopicWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// [Mutants] of every topic that anybody reads, on their way all the time, and which of them nobody can take for good.
final class Storm {
    /// The largest that a broker takes, but for their keys.
    private static final int LARGE = 1_048_300;

    /// In a topic whose records are bounded.
    private static final int LARGEST = 60_000;

    private static final Duration PAUSE = Duration.ofMillis(10);

    /// Levels of a value that lies in itself, a byte each.
    private static final int DEEP = 50_000;

    private static final Set<Way> MISPLACED = EnumSet.of(Way.WRONG_KEY, Way.LONG_KEY, Way.NO_KEY);

    private static final String MUTANT = "mutant";

    private final KafkaSettings kafka;
    private final Random random;
    private final Map<Topic<?>, Mutants> mutants = new LinkedHashMap<>();
    private final Map<Topic<?>, Deserializer<? extends SpecificRecord>> readers = new HashMap<>();
    private final Map<String, Integer> written = new TreeMap<>();
    private final Map<String, Integer> bad = new TreeMap<>();
    private final List<Exception> lost = new CopyOnWriteArrayList<>();

    /// @param victims things that good records are about; what is said of them under other keys is said of `elsewhere`
    /// @param elsewhere where nobody may probe
    Storm(KafkaSettings kafka, long seed, List<String> victims, String elsewhere) {
        this.kafka = kafka;
        random = new Random(seed);
        for (var topic : Topics.ALL) {
            if (Specimens.anybodyReads(topic)) {
                mutants.put(topic, mutants(topic, victims, elsewhere));
            }
        }
    }

    private Mutants mutants(Topic<?> topic, List<String> victims, String elsewhere) {
        var registry = new SchemaRegistry(kafka.properties());
        var specimens = new Specimens(MUTANT, "mutant-region", elsewhere);
        var own = encoded(topic, specimens).toList();
        var theirs =
                victims.stream()
                        .flatMap(id -> encoded(topic, new Specimens(id, "us", elsewhere)))
                        .toList();
        var others =
                mutantsOf(topic)
                        .flatMap(other -> encoded(other, specimens))
                        .map(Entry::value)
                        .toList();
        var foreign =
                SchemaBuilder.record("Order")
                        .namespace("com.example")
                        .fields()
                        .requiredString("id")
                        .endRecord();
        return new Mutants(
                random.nextLong(),
                new Mutants.Stock(
                        own,
                        keyed(topic) ? theirs : own,
                        others,
                        registry.register("orders-value", foreign),
                        deep(registry, topic, own.getFirst().value()),
                        topic.maxBytes() == 0 ? LARGE : LARGEST));
    }

    private static Stream<Topic<?>> mutantsOf(Topic<?> topic) {
        return Topics.ALL.stream()
                .filter(it -> Specimens.anybodyReads(it) && !it.type().equals(topic.type()));
    }

    private Stream<Entry> encoded(Topic<?> topic, Specimens specimens) {
        var entries = new ArrayList<Entry>();
        try (var avro = AvroSerdes.<SpecificRecord>serializer(kafka.properties())) {
            for (var it : specimens.of(topic)) {
                var value = avro.serialize(topic.named(kafka.topicPrefix()), it.value());
                entries.add(new Entry(it.key(), value));
            }
        }
        return entries.stream();
    }

    /// Whether a value says what its key must be: a signal's decides only on who gets it.
    private static boolean keyed(Topic<?> topic) {
        return !topic.equals(Topics.SIGNALS);
    }

    /// A value of a schema with the topic's name, in which a field of it lies in itself.
    private static byte[] deep(SchemaRegistry registry, Topic<?> topic, byte[] good) {
        var shell =
                SchemaBuilder.record("Shell")
                        .namespace("com.example")
                        .fields()
                        .name("inner")
                        .type()
                        .unionOf()
                        .nullType()
                        .and()
                        .type("Shell")
                        .endUnion()
                        .nullDefault()
                        .endRecord();
        var type = SpecificData.get().getSchema(topic.type());
        var fields = new ArrayList<Schema.Field>();
        fields.add(new Schema.Field("shell", shell));
        type.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        var deep = Schema.createRecord(type.getName(), null, type.getNamespace(), false, fields);
        var bytes = new ByteArrayOutputStream();
        int id = registry.register("deep-" + topic.name() + "-value", deep);
        bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        for (int level = 0; level < DEEP; level++) {
            bytes.write(2); // the union's second branch
        }
        bytes.write(0);
        bytes.write(good, 5, good.length - 5);
        return bytes.toByteArray();
    }

    /// Writes so many of each topic, a few at a time.
    CompletableFuture<Void> blow(int each) {
        return CompletableFuture.runAsync(() -> {
            try (var producer = TopicWriter.producer(kafka, Map.of())) {
                mutants.keySet().forEach(topic -> refuses(producer, topic));
                for (int i = 0; i < each; i++) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                    mutants.forEach((topic, of) -> send(producer, topic, of.next()));
                }
            }
            assertThat(lost).as("not taken by the broker").isEmpty();
        });
    }

    /// What the broker keeps out, as the topic is kept.
    private void refuses(KafkaProducer<String, byte[]> producer, Topic<?> topic) {
        var name = topic.named(kafka.topicPrefix());
        if (topic.maxBytes() > 0) {
            var large = new ProducerRecord<>(name, MUTANT, new byte[LARGE]);
            assertThatThrownBy(() -> producer.send(large).get())
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }
        if (compacted(topic)) {
            var keyless = new ProducerRecord<String, byte[]>(name, new byte[1]);
            assertThatThrownBy(() -> producer.send(keyless).get())
                    .hasCauseInstanceOf(InvalidRecordException.class);
        }
    }

    private static boolean compacted(Topic<?> topic) {
        return topic.cleanup() != Topic.Cleanup.DELETE;
    }

    private void send(KafkaProducer<String, byte[]> producer, Topic<?> topic, Mutant mutant) {
        var value = readable(topic, mutant.value());
        if ((value != null && concernsAll(value)) || (mutant.key() == null && compacted(topic))) {
            return; // as good as any, or kept out
        }
        var name = topic.named(kafka.topicPrefix());
        var _ =
                producer.send(
                        new ProducerRecord<>(name, mutant.key(), mutant.value()),
                        (_, failure) -> {
                            if (failure != null) {
                                lost.add(failure);
                            }
                        });
        written.merge(topic.name(), 1, Integer::sum);
        boolean misplaced = keyed(topic) && MISPLACED.contains(mutant.way());
        if (mutant.value() != null && (value == null || misplaced)) {
            bad.merge(topic.name(), 1, Integer::sum);
        }
    }

    private @Nullable SpecificRecord readable(Topic<?> topic, byte @Nullable [] value) {
        var avro =
                readers.computeIfAbsent(
                        topic, _ -> AvroSerdes.deserializer(kafka.properties(), topic.type()));
        try {
            return avro.deserialize(topic.named(kafka.topicPrefix()), value);
        } catch (SerializationException e) {
            return null;
        }
    }

    /// A flipped bit may leave a good record that concerns everything.
    private static boolean concernsAll(SpecificRecord value) {
        return switch (value) {
            case MaintenanceWindow window -> namesNothing(window);
            case Signal signal -> {
                var window = signal.getWindow();
                yield signal.getKind() == SignalKind.PIPELINE_STALLED
                        || (window != null && namesNothing(window));
            }
            default -> false;
        };
    }

    private static boolean namesNothing(MaintenanceWindow window) {
        return window.getChecks().isEmpty()
                && window.getServices().isEmpty()
                && window.getLabels().isEmpty();
    }

    /// By topic.
    Map<String, Integer> written() {
        return written;
    }

    /// Of them, those that nobody can take for good, by topic.
    Map<String, Integer> bad() {
        return bad;
    }

    long randomBytes() {
        return mutants.values().stream().mapToLong(Mutants::randomBytes).min().orElseThrow();
    }
}
