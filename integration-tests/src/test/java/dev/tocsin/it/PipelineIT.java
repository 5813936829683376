package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroDeserializer;
import dev.tocsin.service.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The whole: a target fails, a webhook comes; it recovers, and whoever was told is told.
@ExtendWith(SharedCluster.class)
class PipelineIT {
    @TempDir Path dir = Path.of(".");

    @Test
    void aFailureBecomesASignedWebhookAndARecoveryASecondOne(KafkaSettings kafka) throws Exception {
        for (var topic : List.of(Topics.CHECK_RESULTS, Topics.CHECKS)) {
            SharedCluster.write(
                    kafka, topic.name(), "shop", "not Avro".getBytes(StandardCharsets.UTF_8));
        }
        PipelineScenario.failsAndRecovers(kafka, dir);
        assertThat(SharedCluster.values(kafka, Topics.CHECK_RESULTS.deadLetters(""))).hasSize(1);
        assertThat(SharedCluster.values(kafka, Topics.CHECKS.deadLetters(""))).hasSize(1);
        try (var ours = new AvroDeserializer<GenericRecord>();
                Deserializer<Object> theirs = ConfluentIT.theirs("KafkaAvroDeserializer")) {
            ours.configure(kafka.properties(), false);
            theirs.configure(Map.of("schema.registry.url", kafka.registryUrl()), false);
            var read = incidents(kafka, theirs);
            System.out.println("Confluent's deserializer reads from incidents: " + read);
            assertThat(read).startsWith("OPENED").endsWith("CLOSED");
            assertThat(read).isEqualTo(incidents(kafka, ours));
        }
    }

    private static List<String> incidents(KafkaSettings kafka, Deserializer<?> avro) {
        return SharedCluster.values(kafka, "incidents").stream()
                .map(bytes -> (GenericRecord) avro.deserialize("incidents", bytes))
                .map(event -> String.valueOf(event.get("type")))
                .toList();
    }
}
