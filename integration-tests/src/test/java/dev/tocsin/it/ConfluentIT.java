package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.schemas.serde.Warming;
import dev.tocsin.service.KafkaSettings;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Confluent's real serializer and deserializer exchange records with ours, through a real registry.
@ExtendWith(SharedCluster.class)
class ConfluentIT {
    private static final AgentStatus STATUS =
            AgentStatus.newBuilder()
                    .setAgentId("a")
                    .setRegion("us")
                    .setBootEpoch(1L)
                    .setAt(Instant.EPOCH)
                    .setChecks(1)
                    .setVersion("t")
                    .build();

    /// By name: it is on the class path of these tests alone.
    @SuppressWarnings({
        "unchecked",
        "TypeParameterUnusedInFormals"
    }) // both of Confluent's classes take and give Object
    static <T> T theirs(String name) throws ReflectiveOperationException {
        return (T)
                Class.forName("io.confluent.kafka.serializers." + name)
                        .getDeclaredConstructor()
                        .newInstance();
    }

    private static Map<String, String> config(KafkaSettings kafka, String key, String value) {
        return Map.of("schema.registry.url", kafka.registryUrl(), key, value);
    }

    @Test
    void theirsWritesAndOursReads(KafkaSettings kafka) throws Exception {
        Serializer<Object> theirs = theirs("KafkaAvroSerializer");
        theirs.configure(config(kafka, "auto.register.schemas", "false"), false);
        try (theirs;
                Deserializer<AgentStatus> ours =
                        AvroSerdes.deserializer(kafka.properties(), AgentStatus.class)) {
            var topic = kafka.topicPrefix() + "agents";
            assertThat(ours.deserialize(topic, theirs.serialize(topic, STATUS))).isEqualTo(STATUS);
        }
    }

    @Test
    void oursWritesAndTheirsReads(KafkaSettings kafka) throws Exception {
        Deserializer<Object> generic = theirs("KafkaAvroDeserializer");
        Deserializer<Object> specific = theirs("KafkaAvroDeserializer");
        generic.configure(config(kafka, "specific.avro.reader", "false"), false);
        specific.configure(config(kafka, "specific.avro.reader", "true"), false);
        try (generic;
                specific;
                Serializer<AgentStatus> ours = AvroSerdes.serializer(kafka.properties())) {
            var topic = kafka.topicPrefix() + "agents";
            var bytes = ours.serialize(topic, STATUS);
            assertThat(specific.deserialize(topic, bytes)).isEqualTo(STATUS);
            var read = (GenericRecord) generic.deserialize(topic, bytes);
            assertThat(String.valueOf(read.get("agent_id"))).isEqualTo("a");
            assertThat(generic.deserialize(topic, null)).isNull(); // a tick
        }
    }

    /// A service asks for the ids of all that it writes before it is ready; theirs writes everything as it wrote the first.
    @Test
    void theirsWritesOursAfterItsIdWasAskedFor(KafkaSettings kafka) throws Exception {
        Serializer<AgentStatus> theirs = theirs("KafkaAvroSerializer");
        theirs.configure(config(kafka, "auto.register.schemas", "false"), false);
        try (theirs;
                Deserializer<AgentStatus> ours =
                        AvroSerdes.deserializer(kafka.properties(), AgentStatus.class)) {
            Warming.id(theirs, Topics.AGENTS, kafka.topicPrefix());
            var topic = Topics.AGENTS.named(kafka.topicPrefix());
            assertThat(ours.deserialize(topic, theirs.serialize(topic, STATUS))).isEqualTo(STATUS);
        }
    }
}
