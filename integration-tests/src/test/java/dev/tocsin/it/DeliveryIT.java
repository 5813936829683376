package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.notifier.Notifier;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Bootstrap;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The notifier alone, on a real broker: what is on `incidents` gets to its targets, whatever happens on the way.
@ExtendWith(SharedCluster.class)
class DeliveryIT {
    static {
        TrustedRecords.trust();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path dir = Path.of(".");

    static IncidentEvent event(String incident, int seq, IncidentEventType type) {
        return IncidentEvent.newBuilder()
                .setEventId(incident + "-" + seq)
                .setIncidentId(incident)
                .setSeq(seq)
                .setType(type)
                .setKey("shop")
                .setCheckId("shop")
                .setName("Shop")
                .setKind(IncidentKind.DOWN)
                .setSeverity(Severity.CRITICAL)
                .setOpen(type != IncidentEventType.CLOSED)
                .setReason("test")
                .setStartedAt(Instant.EPOCH)
                .setOpenedAt(Instant.EPOCH)
                .setAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(1, 1, 1, 0, 1, 1, "DOWN", "test"))
                .setConfigVersion("v1")
                .build();
    }

    private static void tell(KafkaSettings kafka, int seq, IncidentEventType type)
            throws Exception {
        tell(kafka, "i1", seq, type);
    }

    static void tell(KafkaSettings kafka, String incident, int seq, IncidentEventType type)
            throws Exception {
        SharedCluster.write(kafka, "incidents", "shop", event(incident, seq, type));
    }

    private Notifier notifier(KafkaSettings kafka, String url) throws Exception {
        return notifier(kafka, url, new Health());
    }

    private Notifier notifier(KafkaSettings kafka, String url, Health health) throws Exception {
        var file =
                Files.writeString(
                        dir.resolve("notify.yaml"),
                        """
                        notify:
                          allow-networks: [127.0.0.0/8]
                          targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
                          routes: [{ targets: [oncall] }]
                        """
                                .formatted(url, PipelineScenario.SECRET));
        var config = NotifyConfig.from(ConfigFile.load(file, Map.of(), Set.of()));
        return new Notifier(
                kafka, "it", dir.resolve("notifier"), config, health, new SimpleMeterRegistry());
    }

    private static List<DeliveryAttempt> attempts(KafkaSettings kafka) {
        try (var avro = AvroSerdes.deserializer(kafka.properties(), DeliveryAttempt.class)) {
            return SharedCluster.values(kafka, "delivery-attempts").stream()
                    .map(bytes -> avro.deserialize("delivery-attempts", bytes))
                    .toList();
        }
    }

    @Test
    void aWebhookThatAnswers500IsTriedAgainUnderItsIdAndTheNextHasItsOwn(KafkaSettings kafka)
            throws Exception {
        tell(kafka, 1, IncidentEventType.OPENED);
        try (var receiver = new Target(0, (int n) -> n == 1 ? 500 : 204);
                var _ = notifier(kafka, receiver.url())) {
            await().atMost(LIMIT).until(() -> receiver.webhookIds().size() == 2);
            tell(kafka, 2, IncidentEventType.CLOSED);
            await().atMost(LIMIT).until(() -> receiver.webhookIds().size() == 3);
            var ids = receiver.webhookIds();
            assertThat(ids.get(1)).isEqualTo(ids.get(0));
            assertThat(ids.get(2)).isNotEqualTo(ids.get(0));
            await().atMost(LIMIT).until(() -> attempts(kafka).size() == 3);
            assertThat(attempts(kafka).stream().map(DeliveryAttempt::getOutcome))
                    .containsExactly("retry", "delivered", "delivered");
            assertThat(attempts(kafka).stream().map(DeliveryAttempt::getDeliveryId))
                    .containsExactlyElementsOf(ids);
        }
        assertThat(deliveries(kafka, "i1"))
                .matches("(?s).* oncall +retry +try 1.*500.* oncall +delivered +try 2.* try 1.*");
        assertThat(deliveries(kafka, "i2")).contains("no incident \"i2\"");
    }

    private String deliveries(KafkaSettings kafka, String incident) throws Exception {
        var file = Files.writeString(dir.resolve("kafka.yaml"), SharedCluster.section(kafka));
        return Ran.of("deliveries", incident, "-f", file.toString()).out();
    }

    @Test
    void aNotifierThatWasThereBeforeItsTopicsTellsAllTheSame(KafkaSettings some) throws Exception {
        var kafka = some.with("topic.prefix", some.topicPrefix() + "late.");
        var health = new Health();
        try (var receiver = new Target(0, (int _) -> 204);
                var admin = Admin.create(kafka.client(Map.of(), Map.of()));
                var _ = notifier(kafka, receiver.url(), health)) {
            await().atMost(LIMIT).until(() -> whyNot(health).contains("does not exist"));
            // Whoever joins the group now is given nothing, and as a static member would keep that.
            var first = Topics.CHECKS.named(kafka.topicPrefix());
            admin.createTopics(
                            List.of(
                                    new NewTopic(first, 2, (short) 1)
                                            .configs(Topics.CHECKS.settings().all())))
                    .all()
                    .get();
            await().atMost(LIMIT)
                    .until(() -> whyNot(health).matches(".*incidents does not exist.*"));
            Bootstrap.run(kafka, 2);
            await().atMost(LIMIT).until(health::ready);
            tell(kafka, 1, IncidentEventType.OPENED);
            await().atMost(LIMIT).until(() -> receiver.webhookIds().size() == 1);
        }
    }

    private static String whyNot(Health health) {
        return String.valueOf(health.why("notifier"));
    }

    @Test
    void aNotifierThatEndsBetweenRoutingAndDeliveryLosesNothing(KafkaSettings kafka)
            throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var url = "http://127.0.0.1:" + port + "/";
        tell(kafka, 1, IncidentEventType.OPENED);
        try (var _ = notifier(kafka, url)) {
            await().atMost(LIMIT).until(() -> !attempts(kafka).isEmpty());
        }
        tell(kafka, 2, IncidentEventType.CLOSED);
        try (var receiver = new Target(port, (int _) -> 204);
                var _ = notifier(kafka, url)) {
            // What opened and closed while the target was away is one message.
            await().atMost(LIMIT)
                    .until(() ->
                            attempts(kafka).stream()
                                    .anyMatch(made -> made.getOutcome().equals("delivered")));
            assertThat(receiver.webhookIds()).hasSize(1);
            assertThat(attempts(kafka).getLast().getSeq()).isEqualTo(2);
        }
    }

    @Test
    void whatIsNotAvroOnAnyOfItsTopicsIsSetAsideAndTheRestGoesOn(KafkaSettings kafka)
            throws Exception {
        var topics = List.of(Topics.INCIDENTS, Topics.DELIVERIES);
        for (var topic : topics) {
            for (int i = 0; i < 4; i++) { // over all partitions
                SharedCluster.write(
                        kafka,
                        topic.name(),
                        "key" + i,
                        "not Avro".getBytes(StandardCharsets.UTF_8));
            }
        }
        tell(kafka, 1, IncidentEventType.OPENED);
        try (var receiver = new Target(0, (int _) -> 204);
                var _ = notifier(kafka, receiver.url())) {
            await().atMost(LIMIT).until(() -> receiver.webhookIds().size() == 1);
            for (var topic : topics) {
                await().atMost(LIMIT)
                        .until(() ->
                                SharedCluster.values(kafka, topic.deadLetters("")).size() == 4);
                assertThat(
                                new HashSet<>(
                                        SharedCluster.values(kafka, topic.deadLetters("")).stream()
                                                .map(b -> new String(b, StandardCharsets.UTF_8))
                                                .toList()))
                        .containsExactly("not Avro");
            }
        }
    }
}
