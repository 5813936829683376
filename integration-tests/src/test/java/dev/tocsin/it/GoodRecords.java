package dev.tocsin.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.standalone.demo.WebhookReceiver;
import dev.tocsin.standalone.topic.TopicWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/// What good records must lead to, each kind once: a check is probed, its failure decided, told and shown, commands, reports and maintenance of it
/// count, and its end is told.
final class GoodRecords implements AutoCloseable {
    /// For a machine that does much else; what it took is printed.
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private static final Duration LOOK_EACH = Duration.ofMillis(10);
    private static final int REPORTERS = 5;

    private final KafkaSettings kafka;
    private final URI page;
    private final WebhookReceiver receiver;
    private final Target target;
    private final HttpClient http = HttpClient.newHttpClient();
    private static final Pattern UUID_LIKE =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final List<IncidentEvent> told = new CopyOnWriteArrayList<>();
    private final Map<String, Instant> probedAt = new ConcurrentHashMap<>();
    private final Map<String, Instant> failedAt = new ConcurrentHashMap<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Thread subscriber;
    private volatile boolean closed;
    private StringJoiner took = new StringJoiner(", ");
    private Duration longest = Duration.ZERO;

    GoodRecords(KafkaSettings kafka, int pagePort, WebhookReceiver receiver) throws IOException {
        this.kafka = kafka;
        this.receiver = receiver;
        page = URI.create("http://127.0.0.1:" + pagePort + "/api/v1/status.json");
        target = new Target(0, this::answer);
        subscriber = Thread.ofPlatform().daemon().name("subscriber").start(this::subscribe);
    }

    private int answer(String path) {
        var id = path.substring(1);
        probedAt.putIfAbsent(id, Instant.now());
        if (!failing.contains(id)) {
            return 204;
        }
        failedAt.putIfAbsent(id, Instant.now());
        return 500;
    }

    private void subscribe() {
        var topic = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var avro = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class);
                var reader = new TopicReader(kafka, List.of(topic))) {
            while (!closed) {
                for (var record : reader.poll(Duration.ofMillis(20))) {
                    event(avro, topic, record.value())
                            .filter(GoodRecords::decided)
                            .ifPresent(told::add);
                }
            }
        }
    }

    /// Specimens of good checks' incidents are well-formed, and of nobody's deciding: their ids are names.
    private static boolean decided(IncidentEvent event) {
        return UUID_LIKE.matcher(event.getIncidentId()).matches();
    }

    /// Nothing where it is a mutant.
    private static Optional<IncidentEvent> event(
            Deserializer<IncidentEvent> avro, String topic, byte[] value) {
        try {
            return Optional.ofNullable(avro.deserialize(topic, value));
        } catch (SerializationException e) {
            return Optional.empty();
        }
    }

    /// Where a thing of that name is probed.
    String url(String id) {
        return target.url() + id;
    }

    boolean probed(String id) {
        return probedAt.containsKey(id);
    }

    /// One of each, of a thing of its own; prints how long each took.
    ///
    /// @return the longest of them
    Duration round(String id) throws Exception {
        took = new StringJoiner(", ");
        longest = Duration.ZERO;
        var good = new Specimens(id, "us", url(id));
        var since = Instant.now();
        TopicWriter.write(kafka, Topics.CATALOG, Map.of("service:" + id, good.entry()));
        TopicWriter.write(kafka, Topics.CHECKS, Map.of(id, good.definition()));
        within("probed", since, () -> probedAt.containsKey(id));
        within("named", since, () -> !service(id).isMissingNode());

        failing.add(id);
        await(id + " fails").atMost(LIMIT).until(() -> failedAt.containsKey(id));
        since = failedAt.get(id);
        within("decided", since, () -> is(id, IncidentEventType.OPENED));
        within("told", since, () -> heard(id, "OPENED"));
        within("shown", since, () -> service(id).path("status").asText().equals("major_outage"));

        since = Instant.now();
        TopicWriter.write(kafka, Topics.INCIDENT_COMMANDS, Map.of(id, acknowledge(id)));
        within("acknowledged", since, () -> is(id, IncidentEventType.ACKNOWLEDGED));

        for (int i = 0; i < REPORTERS; i++) {
            since = Instant.now(); // the last makes it enough
            TopicWriter.write(kafka, Topics.USER_REPORTS, Map.of(id, good.report("user " + i)));
        }
        within("reported", since, () -> is(id, event -> event.getReportedBy() >= REPORTERS));

        since = Instant.now();
        TopicWriter.write(kafka, Topics.MAINTENANCE, Map.of(id, good.window()));
        within("in maintenance", since, () -> is(id, IncidentEventType.SUPPRESSED));
        within(
                "shown so",
                since,
                () -> service(id).path("status").asText().equals("under_maintenance"));
        since = Instant.now();
        takeBack(id);
        within("out of it", since, () -> is(id, IncidentEventType.UNSUPPRESSED));

        since = Instant.now();
        failing.remove(id);
        within("closed", since, () -> is(id, IncidentEventType.CLOSED));
        within("told so", since, () -> heard(id, "CLOSED"));
        System.out.printf("good records of %s: %s%n", id, took);
        return longest;
    }

    private void within(String what, Instant since, Callable<Boolean> holds) {
        await(what).atMost(LIMIT).pollInterval(LOOK_EACH).until(holds);
        var time = Duration.between(since, Instant.now());
        took.add(what + " " + time.toMillis() + " ms");
        longest = time.compareTo(longest) > 0 ? time : longest;
    }

    private void takeBack(String window) throws Exception {
        SharedCluster.write(kafka, Topics.MAINTENANCE.name(), window, (byte[]) null);
    }

    private Command acknowledge(String id) {
        var incident =
                told.stream()
                        .filter(event -> id.equals(event.getCheckId()))
                        .findFirst()
                        .orElseThrow()
                        .getIncidentId();
        return Command.newBuilder()
                .setCommandId("ack " + id)
                .setKind(CommandKind.ACK)
                .setIncidentId(incident)
                .setAuthor("ana")
                .setAt(Instant.ofEpochMilli(System.currentTimeMillis()))
                .build();
    }

    private boolean is(String id, IncidentEventType type) {
        return is(id, event -> event.getType() == type);
    }

    private boolean is(String id, Predicate<IncidentEvent> event) {
        return told.stream().anyMatch(it -> id.equals(it.getCheckId()) && event.test(it));
    }

    private boolean heard(String id, String type) {
        return receiver.received().stream()
                .anyMatch(hook ->
                        hook.type().equals(type)
                                && hook.body().path("data").path("key").asText().equals(id));
    }

    private JsonNode service(String id) throws IOException, InterruptedException {
        var answer =
                http.send(
                        HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
        var services = new ObjectMapper().readTree(answer.body()).path("services");
        return StreamSupport.stream(services.spliterator(), false)
                .filter(service -> service.path("name").asText().equals("Service " + id))
                .findFirst()
                .orElse(com.fasterxml.jackson.databind.node.MissingNode.getInstance());
    }

    /// All that was told so far.
    List<IncidentEvent> told() {
        return List.copyOf(told);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        subscriber.join(Duration.ofSeconds(5));
        http.close();
        target.close();
    }
}
