package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.demo.WebhookReceiver;
import dev.tocsin.standalone.demo.WebhookReceiver.Received;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What somebody on call asks of the notifier, on a real broker.
@ExtendWith(SharedCluster.class)
class OnCallIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir Path dir = Path.of(".");

    private static String notify(WebhookReceiver receiver, String more) {
        return """
        notify:
          allow-networks: [127.0.0.0/8]
          targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
          routes: [{ targets: [oncall] }]
        %s
        """
                .formatted(receiver.url(), PipelineScenario.SECRET, more);
    }

    private String file(KafkaSettings kafka, String more) throws Exception {
        return SharedCluster.file(dir, kafka, more);
    }

    @Test
    void aTargetIsTriedAndAnIncidentIsToldAgain(KafkaSettings kafka) throws Exception {
        try (var receiver = new WebhookReceiver(PipelineScenario.SECRET, _ -> {});
                var _ = new ServiceProcess("notifier", kafka, dir, notify(receiver, ""))) {
            var file = file(kafka, notify(receiver, ""));
            var fired = Ran.of("test-fire", "oncall", "--within", "90s", "-f", file);
            assertThat(fired.code()).as(fired.out()).isZero();
            assertThat(receiver.received())
                    .extracting(Received::type)
                    .containsExactly("OPENED", "CLOSED");
            assertThat(receiver.received())
                    .allSatisfy(test ->
                            assertThat(test.body().path("data").path("kind").asText())
                                    .isEqualToIgnoringCase("test"));

            var event = DeliveryIT.event("incident-1", 1, IncidentEventType.OPENED);
            SharedCluster.write(kafka, "incident-state", "incident-1", event);
            SharedCluster.write(kafka, "incidents", "shop", event);
            await().atMost(LIMIT).until(() -> receiver.received().size() == 3);
            var again = Ran.of("redeliver", "incident-1", "-f", file);
            assertThat(again.code()).as(again.out()).isZero();
            assertThat(again.out()).contains("oncall", "delivered");
            var told = receiver.received().subList(2, 4);
            assertThat(told).extracting(Received::incidentId).containsOnly("incident-1");
            assertThat(told).extracting(Received::id).doesNotHaveDuplicates();

            var nobody = Ran.of("test-fire", "oncal", "-f", file);
            assertThat(nobody.code()).isNotZero();
            assertThat(nobody.out()).contains("oncal", "oncall");
            assertThat(receiver.received()).hasSize(4);
            assertThat(receiver.refused()).isEmpty();
        }
    }

    @Test
    void theHeartbeatGoesOutAsLongAsResultsAreRead(KafkaSettings kafka) throws Exception {
        try (var receiver = new WebhookReceiver(PipelineScenario.SECRET, _ -> {});
                var monitor = new Target(0, (int _) -> 204);
                var notifier =
                        new ServiceProcess(
                                "notifier",
                                kafka,
                                dir,
                                notify(
                                        receiver,
                                        "  heartbeat: { url: \"%s\", every: 10s }"
                                                .formatted(monitor.url())))) {
            try (var _ = streams(kafka)) {
                await().atMost(LIMIT).until(() -> monitor.webhookIds().size() >= 2);
            }
            // At its start it says that it does not know yet.
            await().atMost(LIMIT)
                    .until(() ->
                            notifier.printed()
                                    .matches(
                                            "(?s).*the heartbeat goes out.*no heartbeat goes out.*"));
            int beats = monitor.webhookIds().size();
            await().atMost(LIMIT)
                    .during(Duration.ofSeconds(12))
                    .until(() -> monitor.webhookIds().size() == beats);
            try (var _ = streams(kafka)) {
                await().atMost(LIMIT).until(() -> monitor.webhookIds().size() > beats);
            }
        }
    }

    private IncidentStreams streams(KafkaSettings kafka) throws Exception {
        return new IncidentStreams(
                kafka, "oncall", dir.resolve("streams"), new Health(), new SimpleMeterRegistry());
    }

    @Test
    void aStartOnTheTopicsOf010SaysThatWhatItTookDownIsNotRead(KafkaSettings kafka)
            throws Exception {
        try (var admin = kafka.admin(LIMIT)) {
            var notified = new NewTopic(kafka.topicPrefix() + "notified", 1, (short) 1);
            admin.createTopics(List.of(notified.configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
        DeliveryIT.tell(kafka, "incident-1", 1, IncidentEventType.OPENED);
        try (var receiver = new WebhookReceiver(PipelineScenario.SECRET, _ -> {});
                var notifier = new ServiceProcess("notifier", kafka, dir, notify(receiver, ""))) {
            await().atMost(LIMIT).until(() -> receiver.received().size() == 1);
            assertThat(notifier.printed())
                    .contains("0.1.0 kept there whom it told; it is not read")
                    .contains("topic=" + kafka.topicPrefix() + "notified");
        }
    }
}
