package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Receiver;
import dev.tocsin.it.guarantee.Request;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.streams.StreamsSettings;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.TopicWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// All that `streams` knew is gone, as after Kafka's reset tool: what it decides anew from the same log has the ids that it had, and nobody is told anything new.
@Tag("slow")
@ExtendWith(SharedCluster.class)
class RebuildIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final List<String> CHECKS = List.of("a", "b", "c", "d", "e");

    @TempDir Path dir = Path.of(".");

    /// Checks whose targets fail now.
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    private Lifecycle agentsAndTarget(KafkaSettings kafka) throws Exception {
        var lifecycle = new Lifecycle();
        var target =
                lifecycle.closing(
                        "target",
                        new Target(
                                0,
                                (String path) -> failing.contains(path.substring(1)) ? 500 : 204));
        var file =
                Files.writeString(
                        dir.resolve("checks.yaml"),
                        "defaults: { interval: 1s, timeout: 900ms, regions: [us], incident: { failure-threshold: 1, success-threshold: 1, recover-for: 500ms } }\nchecks:\n"
                                + CHECKS.stream()
                                        .map(it ->
                                                "  - { id: %s, url: \"%s%s\" }\n"
                                                        .formatted(it, target.url(), it))
                                        .collect(Collectors.joining()));
        new Applied(ConfigFile.load(file, Map.of(), Set.of("checks", "defaults")))
                .publish(kafka, false);
        lifecycle.closing("agents", KillIT.agents(kafka, dir, "us"));
        return lifecycle;
    }

    private static List<IncidentEvent> of(KafkaSettings kafka, String key) {
        return Judge.incidents(kafka).stream()
                .filter(event -> event.getKey().startsWith(key))
                .toList();
    }

    private static void awaitSeen(KafkaSettings kafka, String key, IncidentEventType type) {
        await(key + " " + type)
                .atMost(LIMIT)
                .until(() -> of(kafka, key).stream().anyMatch(e -> e.getType() == type));
    }

    private static void say(KafkaSettings kafka, CommandKind kind) throws Exception {
        TopicWriter.write(
                kafka,
                Topics.INCIDENT_COMMANDS,
                Map.of(
                        "d",
                        Command.newBuilder()
                                .setCommandId("command-" + kind)
                                .setKind(kind)
                                .setIncidentId(of(kafka, "d").getFirst().getIncidentId())
                                .setAuthor("ana")
                                .setText("seen")
                                .setAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                                .build()));
    }

    @Test
    void fromTheSameLogComeTheSameIdsAndNobodyIsToldAnythingNew(KafkaSettings kafka)
            throws Exception {
        try (var lifecycle = new Lifecycle()) {
            var receiver = lifecycle.closing("receiver", new Receiver("t" + Notifiers.EACH, 1));
            var streams =
                    lifecycle.closing(
                            "streams",
                            new ServiceProcess(
                                    "streams",
                                    "streams",
                                    kafka,
                                    dir,
                                    "",
                                    List.of("--data-dir", dir.resolve("streams").toString())));
            var notifier =
                    lifecycle.closing(
                            "notifier",
                            Notifiers.start(kafka, dir, "notifier", "n", List.of(receiver)));
            lifecycle.closing("agents", agentsAndTarget(kafka));
            await().atMost(LIMIT).until(() -> streams.ready() && notifier.ready());

            failing.add("a");
            awaitSeen(kafka, "a", IncidentEventType.OPENED);
            failing.clear();
            awaitSeen(kafka, "a", IncidentEventType.CLOSED);
            failing.addAll(Set.of("b", "c"));
            awaitSeen(kafka, "outage:", IncidentEventType.OPENED);
            failing.clear();
            awaitSeen(kafka, "outage:", IncidentEventType.CLOSED);
            failing.add("d");
            awaitSeen(kafka, "d", IncidentEventType.OPENED);
            say(kafka, CommandKind.ACK);
            awaitSeen(kafka, "d", IncidentEventType.ACKNOWLEDGED);
            say(kafka, CommandKind.ANNOTATE);
            awaitSeen(kafka, "d", IncidentEventType.ANNOTATED);
            awaitTold(receiver, "d", "acknowledged");

            streams.stop();
            var before = Judge.incidents(kafka);
            var told = receiver.requests();
            forgetAll(kafka);
            streams.restart();
            await().atMost(LIMIT).until(streams::ready);
            failing.clear();
            awaitSeen(kafka, "d", IncidentEventType.CLOSED);
            failing.add("e");
            awaitSeen(kafka, "e", IncidentEventType.OPENED);
            awaitTold(receiver, "e", "opened");
            failing.clear();
            awaitSeen(kafka, "e", IncidentEventType.CLOSED);
            awaitTold(receiver, "e", "closed");
            awaitTold(receiver, "d", "closed");

            var once = once(Judge.incidents(kafka));
            Judge.decisions(once);
            assertThat(once.stream().map(RebuildIT::name).filter(it -> !itsOwn(it)))
                    .containsExactlyElementsOf(
                            before.stream()
                                    .map(RebuildIT::name)
                                    .filter(it -> !itsOwn(it))
                                    .toList());
            assertThat(once.stream().map(IncidentEvent::getEventId))
                    .containsAll(before.stream().map(IncidentEvent::getEventId).toList());
            assertThat(receiver.requests().stream().skip(told.size()).map(RebuildIT::said))
                    .containsExactlyInAnyOrder("d closed", "e opened", "e closed");
        }
    }

    /// Of those that something happens to after the rebuild.
    private static boolean itsOwn(String name) {
        return name.startsWith("d ") || name.startsWith("e ");
    }

    private static String name(IncidentEvent event) {
        return String.join(
                " ",
                event.getKey(),
                event.getIncidentId(),
                Long.toString(event.getSeq()),
                event.getEventId(),
                event.getType().name());
    }

    /// As a reader sees them that knows events by their ids.
    private static List<IncidentEvent> once(List<IncidentEvent> events) {
        var byId = new LinkedHashMap<String, IncidentEvent>();
        for (var event : events) {
            byId.putIfAbsent(event.getEventId(), event);
        }
        return List.copyOf(byId.values());
    }

    private static String said(Request request) {
        var body = request.body();
        return body.path("data").path("key").asText() + " " + body.path("what").asText();
    }

    private static void awaitTold(Receiver receiver, String check, String what) {
        await(check + " " + what)
                .atMost(LIMIT)
                .until(() ->
                        receiver.requests().stream()
                                .map(RebuildIT::said)
                                .anyMatch((check + " " + what)::equals));
    }

    /// As Kafka's reset tool does, with the folder that it tells one to empty.
    private void forgetAll(KafkaSettings kafka) throws Exception {
        try (var files = Files.walk(dir.resolve("streams"))) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        var application = kafka.topicPrefix() + StreamsSettings.INCIDENT_STREAMS;
        try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
            var internal =
                    admin.listTopics().names().get().stream()
                            .filter(topic -> topic.startsWith(application + "-"))
                            .toList();
            assertThat(internal).isNotEmpty();
            admin.deleteTopics(internal).all().get();
            await().atMost(LIMIT)
                    .ignoreExceptions() // members that were stopped count for a moment
                    .until(() -> {
                        admin.deleteConsumerGroups(List.of(application)).all().get();
                        return true;
                    });
            await().atMost(LIMIT)
                    .until(() ->
                            admin.listTopics().names().get().stream()
                                    .noneMatch(internal::contains));
        }
    }
}
