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
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.progress.Ends;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.TopicWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// From 3 partitions to 7 with incidents open, as docs/how-to/operate.md says: none is lost, and nobody hears anything twice.
@ExtendWith(SharedCluster.class)
class CarryIT {
    static {
        TrustedRecords.trust();
    }

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String OLD = "carry-old.";
    private static final String NEW = "carry-new.";
    private static final Set<String> MAIL = Set.of("mail-1", "mail-2", "mail-3");
    private static final String OUTAGE = "outage:mail";

    /// Those of a window of maintenance: nobody is told.
    private static final Set<String> QUIET = Set.of("quiet", "quiet-later");

    private static final Set<String> CHECKS =
            Stream.of(MAIL, QUIET, Set.of("acked", "fresh", "steady"))
                    .flatMap(Set::stream)
                    .collect(Collectors.toSet());

    /// As the page says: what came while `streams` was being stopped is decided on when it has run once more.
    private static final int TRIES = 3;

    private static final int FEW = 2;
    private static final int BEFORE = 3;
    private static final int AFTER = 7;

    @TempDir Path dir = Path.of(".");

    private final Set<String> down = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> probes = new ConcurrentHashMap<>();
    private final List<ServiceProcess> running = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (var process : running) {
            process.close();
        }
    }

    @Test
    void whatIsOpenIsTakenAlongToMorePartitions(KafkaSettings kafka) throws Exception {
        var old = kafka.with("topic.prefix", OLD);
        var anew = kafka.with("topic.prefix", NEW);
        Bootstrap.run(old, BEFORE);
        try (var target = new Target(0, this::answer);
                var oncall = new Receiver("oncall" + Notifiers.EACH, 1)) {
            start(old, oncall);
            apply(old, target);
            assertThat(
                            run(
                                            "maintenance",
                                            "add",
                                            "window",
                                            "--check",
                                            "quiet",
                                            "--check",
                                            "quiet-later",
                                            "--for",
                                            "2h",
                                            "-f",
                                            config(old))
                                    .code())
                    .isZero();
            awaitProbes(CHECKS);
            down.addAll(MAIL);
            down.addAll(Set.of("acked", "quiet"));
            awaitOpen(old, Set.of("acked", "quiet", "mail-1", "mail-2", "mail-3", OUTAGE));
            awaitTold(oncall, open(old), Set.of("acked", OUTAGE), "opened");
            var before = open(old);
            var acked =
                    ran(run("ack", before.get("acked"), "on it", "--by", "ana", "-f", config(old)));
            assertThat(acked).contains("ACKNOWLEDGED");

            assertThat(ran(carry(anew, OLD)))
                    .contains("does not exist: tocsin admin bootstrap makes it");
            bootstrap(anew);
            assertThat(ran(carry(anew, OLD))).contains("runs: its group has 1 members");
            stop();
            annotate(old, before.get("acked"));
            refused(kafka, old, anew);
            startDeciders(old, oncall);
            awaitEvent(old, before.get("acked"), IncidentEventType.ANNOTATED);
            stop();
            endsInBetween(anew);
            boolean done = carried(old, anew);
            for (int again = 1; !done && again <= TRIES; again++) {
                startDeciders(old, oncall);
                stop();
                done = carried(old, anew);
            }
            assertThat(done).isTrue();
            assertThat(ran(carry(anew, OLD))).contains("there is state under the prefix", NEW);

            var told = oncall.requests();
            probes.clear();
            start(anew, oncall);
            awaitProbes(CHECKS);
            assertThat(run("annotate", before.get("acked"), "moved", "-f", config(anew)).out())
                    .contains("ANNOTATED", "moved");
            down.add("fresh");
            down.add("quiet-later");
            awaitOpen(anew, Set.of("fresh", "quiet-later"));
            awaitTold(oncall, open(anew), Set.of("fresh"), "opened");
            assertThat(
                            words(
                                    oncall.requests()
                                            .subList(told.size(), oncall.requests().size()),
                                    "opened"))
                    .as("nobody hears again of what was open")
                    .containsExactly(open(anew).get("fresh"));
            down.clear();
            awaitClosed(old, anew);
            var ids = ids(old, anew);
            awaitTold(oncall, ids, Set.of("acked", OUTAGE, "fresh"), "closed");
            stop();
            judge(old, anew, before, oncall.requests());
        }
    }

    private void judge(
            KafkaSettings old,
            KafkaSettings anew,
            Map<String, String> before,
            List<Request> requests) {
        var events = new ArrayList<>(Judge.incidents(old));
        var seen = events.size();
        events.addAll(Judge.incidents(anew));
        Judge.decisions(events);
        var later = events.subList(seen, events.size());
        before.forEach((key, id) ->
                assertThat(later)
                        .as(key)
                        .filteredOn(event -> event.getKey().equals(key))
                        .allMatch(event -> event.getIncidentId().equals(id))
                        .anyMatch(event -> event.getType() == IncidentEventType.CLOSED));
        assertThat(later)
                .filteredOn(event -> event.getKey().equals("acked"))
                .allMatch(event -> "ana".equals(event.getAcknowledgedBy()));
        var ids = ids(old, anew);
        for (var key : Set.of("acked", OUTAGE, "fresh")) {
            for (var what : Set.of("opened", "closed")) {
                assertThat(words(requests, what)).as(what).containsOnlyOnce(ids.get(key));
            }
        }
        for (var quiet : QUIET) {
            assertThat(requests)
                    .as(quiet)
                    .noneMatch(request -> incident(request).equals(ids.get(quiet)));
        }
        assertThat(requests).as("one of each").extracting(Request::id).doesNotHaveDuplicates();
    }

    /// Each in its own sentence, and nothing is changed.
    private void refused(KafkaSettings few, KafkaSettings old, KafkaSettings anew)
            throws Exception {
        assertThat(ran(carry(anew, NEW))).contains("has to be a new one");
        assertThat(ran(carry(anew, "nobody."))).contains("no state under the prefix \"nobody.\"");
        assertThat(few.topicPrefix()).isNotEqualTo(OLD);
        assertThat(ran(carry(few, OLD)))
                .contains(
                        "checks has " + FEW + ": what is known can be carried to as many or more");
        assertThat(ran(carry(anew, OLD)))
                .contains(
                        "has not decided on all that it reads: 1 records of "
                                + OLD
                                + "incident-commands-");
        assertThat(Judge.incidents(anew)).isEmpty();
        assertThat(SharedCluster.values(anew, "checks")).isEmpty();
        assertThat(SharedCluster.values(old, "checks")).isNotEmpty();
    }

    /// A run that was killed: its changelogs are there, and its transaction is open.
    private static void endsInBetween(KafkaSettings anew) throws Exception {
        var changelog = NEW + "tocsin-incident-streams-check-state-changelog";
        try (var admin = anew.admin(Duration.ofSeconds(10))) {
            admin.createTopics(
                            List.of(
                                    new NewTopic(changelog, Optional.of(AFTER), Optional.empty())
                                            .configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
        var producer = TopicWriter.producer(anew, Map.of("transactional.id", NEW + "tocsin-carry"));
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(changelog, "ghost", new byte[] {1})).get();
        producer.send(new ProducerRecord<>(NEW + "checks", "ghost", new byte[] {1})).get();
        producer.close(Duration.ZERO);
    }

    /// What the last block of the page says.
    ///
    /// @return false when something was still to be decided on
    private boolean carried(KafkaSettings old, KafkaSettings anew) throws Exception {
        var ends = ends(old);
        var ran = follow(anew, 1);
        System.out.println(ran.out());
        assertThat(ends(old)).as("the old ones stay as they are").isEqualTo(ends);
        if (ran.code() != 0 && ran.out().contains("has not decided on all that it reads")) {
            return false;
        }
        assertThat(ran.out())
                .contains("check-state", "definitions", "outages", "facts", "told", "mailboxes")
                .endsWith("carried; start the services on the new prefix\n");
        assertThat(ran.code()).isZero();
        return true;
    }

    private void bootstrap(KafkaSettings anew) throws IOException {
        assertThat(follow(anew, 0).code()).isZero();
    }

    /// A line of the page's last block.
    private Ran follow(KafkaSettings kafka, int line) throws IOException {
        var page = Path.of(System.getProperty("tocsin.home", ".."), "docs/how-to/operate.md");
        var block =
                HowTo.blocks(page).stream()
                        .filter(it -> it.kind().equals("bash"))
                        .toList()
                        .getLast();
        var words = List.of(block.text().lines().toList().get(line).split(" "));
        assertThat(words).startsWith("./tocsin", "admin").contains("-f", "config");
        var config = config(kafka);
        return run(
                words.stream()
                        .skip(1)
                        .map(word ->
                                switch (word) {
                                    case "config" -> config;
                                    case "24" -> Integer.toString(AFTER);
                                    case "tocsin." -> OLD;
                                    default -> word;
                                })
                        .toArray(String[]::new));
    }

    private Ran carry(KafkaSettings to, String from) throws IOException {
        return run("admin", "carry", "-f", config(to), "--from", from);
    }

    private static Ran run(String... args) {
        return Ran.of(args);
    }

    private static String ran(Ran ran) {
        return ran.out();
    }

    private String config(KafkaSettings kafka) throws IOException {
        return Files.writeString(
                        dir.resolve(kafka.topicPrefix() + "yaml"), SharedCluster.section(kafka))
                .toString();
    }

    private int answer(String path) {
        var check = path.substring(1);
        probes.merge(check, 1, Integer::sum);
        return down.contains(check) ? 500 : 204;
    }

    private void apply(KafkaSettings kafka, Target target) throws Exception {
        var yaml = new StringBuilder();
        yaml.append("defaults: { interval: 1s, timeout: 1s, regions: [us] }\nservices:\n");
        CHECKS.forEach(it -> yaml.append("  - { id: s-%1$s, name: %1$s }\n".formatted(it)));
        yaml.append(
                "groups:\n  - { id: mail, name: Mail, services: %s }\n"
                        .formatted(MAIL.stream().map(it -> "s-" + it).toList()));
        CHECKS.stream()
                .filter(it -> !MAIL.contains(it))
                .forEach(it ->
                        yaml.append(
                                "  - { id: g-%1$s, name: %1$s, services: [s-%1$s] }\n"
                                        .formatted(it)));
        yaml.append("checks:\n");
        CHECKS.forEach(it ->
                yaml.append(
                        "  - { id: %1$s, service: s-%1$s, url: \"%2$s%1$s\", incident: { failure-threshold: 2, success-threshold: 2 } }\n"
                                .formatted(it, target.url())));
        var file = Files.writeString(dir.resolve("checks.yaml"), yaml);
        var sections = Set.of("checks", "defaults", "services", "groups");
        new Applied(ConfigFile.load(file, Map.of(), sections)).publish(kafka, true);
    }

    /// What waits for no results: only what was given is decided on.
    private void startDeciders(KafkaSettings kafka, Receiver oncall) throws Exception {
        running.add(
                new ServiceProcess(
                        "streams", "streams", kafka, dir, "", data("streams", List.of())));
        running.add(Notifiers.start(kafka, dir, "notifier", "a", List.of(oncall)));
        await("all are ready")
                .atMost(LIMIT)
                .untilAsserted(() -> {
                    for (var process : running) {
                        var says = process.says("ready");
                        assertThat(says.statusCode())
                                .as("%s: %s", process.name(), says.body())
                                .isEqualTo(200);
                    }
                });
    }

    private void start(KafkaSettings kafka, Receiver oncall) throws Exception {
        startDeciders(kafka, oncall);
        running.addFirst(
                new ServiceProcess(
                        "agent",
                        "agent",
                        kafka,
                        dir,
                        "",
                        data("agent", List.of("--region", "us"))));
    }

    private List<String> data(String name, List<String> options) {
        return Stream.concat(
                        options.stream(), Stream.of("--data-dir", dir.resolve(name).toString()))
                .toList();
    }

    /// Agents first, so that what they say last is decided on, and the notifier last.
    private void stop() throws InterruptedException {
        for (var process : running) {
            process.stop();
        }
        running.clear();
    }

    private static void annotate(KafkaSettings kafka, String incident) throws Exception {
        var command =
                Command.newBuilder()
                        .setCommandId("said-while-all-are-stopped")
                        .setKind(CommandKind.ANNOTATE)
                        .setIncidentId(incident)
                        .setAuthor("ana")
                        .setAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                        .setText("we move")
                        .build();
        TopicWriter.write(kafka, Topics.INCIDENT_COMMANDS, Map.of("acked", command));
    }

    private void awaitProbes(Collection<String> checks) {
        await("each is probed")
                .atMost(LIMIT)
                .until(() -> checks.stream().allMatch(it -> probes.getOrDefault(it, 0) >= 4));
    }

    /// By key the id of the incident that is open.
    private static Map<String, String> open(KafkaSettings kafka) {
        var open = new HashMap<String, String>();
        Judge.incidents(kafka)
                .forEach(event -> {
                    if (event.getOpen()) {
                        open.put(event.getKey(), event.getIncidentId());
                    } else {
                        open.remove(event.getKey());
                    }
                });
        return open;
    }

    /// By key the id of its incident: each has one.
    private static Map<String, String> ids(KafkaSettings... both) {
        var ids = new HashMap<String, String>();
        Arrays.stream(both)
                .flatMap(kafka -> Judge.incidents(kafka).stream())
                .forEach(event -> ids.put(event.getKey(), event.getIncidentId()));
        return ids;
    }

    private static void awaitOpen(KafkaSettings kafka, Set<String> keys) {
        await("open")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(open(kafka).keySet()).containsAll(keys));
    }

    private static void awaitEvent(KafkaSettings kafka, String incident, IncidentEventType type) {
        await("it is " + type)
                .atMost(LIMIT)
                .until(() ->
                        Judge.incidents(kafka).stream()
                                .anyMatch(event ->
                                        event.getIncidentId().equals(incident)
                                                && event.getType() == type));
    }

    private static void awaitClosed(KafkaSettings old, KafkaSettings anew) {
        await("all are closed")
                .atMost(LIMIT)
                .untilAsserted(() -> {
                    var open = new HashMap<String, IncidentEvent>();
                    Stream.of(old, anew)
                            .flatMap(kafka -> Judge.incidents(kafka).stream())
                            .forEach(event -> open.put(event.getIncidentId(), event));
                    assertThat(open.values()).noneMatch(IncidentEvent::getOpen);
                });
    }

    private static void awaitTold(
            Receiver receiver, Map<String, String> ids, Set<String> keys, String what) {
        await("told " + what)
                .atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(words(receiver.requests(), what))
                                .containsAll(keys.stream().map(ids::get).toList()));
    }

    /// Of which incidents that was said, in order.
    private static List<String> words(List<Request> requests, String what) {
        return requests.stream()
                .filter(request -> request.body().path("what").asText().equals(what))
                .map(CarryIT::incident)
                .toList();
    }

    private static String incident(Request request) {
        return request.body().path("data").path("incident_id").asText();
    }

    private static Map<TopicPartition, ?> ends(KafkaSettings kafka)
            throws ExecutionException, InterruptedException {
        try (var admin = kafka.admin(Duration.ofSeconds(10))) {
            var names =
                    admin.listTopics().names().get().stream()
                            .filter(name -> name.startsWith(kafka.topicPrefix()))
                            .toList();
            var partitions = new ArrayList<TopicPartition>();
            admin.describeTopics(names)
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) ->
                            topic.partitions()
                                    .forEach(one ->
                                            partitions.add(
                                                    new TopicPartition(name, one.partition()))));
            return Ends.of(admin, partitions);
        }
    }
}
