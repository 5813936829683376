package dev.tocsin.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.command.OptionTypes;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.Folder;
import dev.tocsin.standalone.embedded.Ports;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.TopicWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The notifier as a process of its own beside Alertmanager, if that is installed: so many incidents open at once, each a message of its own, to one
/// target and to a hundred of which one is slow and one dead. Broker, registry and receivers are this process.
@Command(
        name = "notifier",
        description =
                "How fast is the notifier, what does it need, and what does a dead target cost the others.",
        mixinStandardHelpOptions = true)
final class NotifierBench implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int SINKS = 100;
    private static final String SLOW = "/t1";
    private static final String DEAD = "/t2";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Option(
            names = "--incidents",
            converter = OptionTypes.Count.class,
            split = ",",
            defaultValue = "5000,100000",
            description = "How many are open at once; ${DEFAULT-VALUE} if not given.")
    List<Integer> incidents = List.of();

    @Option(
            names = "--answer-ms",
            converter = OptionTypes.CountOrNone.class,
            defaultValue = "45",
            description = "What the one target takes to answer; ${DEFAULT-VALUE} if not given.")
    int answerMs = 45;

    @Option(
            names = "--alone",
            converter = OptionTypes.Count.class,
            defaultValue = "300",
            description =
                    "Incidents one after the other, from the result to the webhook; ${DEFAULT-VALUE} if not given.")
    int alone = 300;

    @Option(
            names = "--port-base",
            converter = OptionTypes.PortBase.class,
            defaultValue = "28492",
            description = "Of the cluster; ${DEFAULT-VALUE} if not given.")
    int portBase = 28492;

    /// @param seconds from the first incident to the last webhook
    private record Burst(
            int incidents,
            int sinks,
            String when,
            double seconds,
            double cpu,
            long rssMb,
            long delayP99Ms) {
        double perSecond() {
            return incidents / seconds;
        }

        double perCpuSecond() {
            return incidents / cpu;
        }

        void print(String who) {
            System.out.printf(
                    "%-13s %,9d %6d %5s %9.1f %,11.0f %,15.0f %7d %,14d%n",
                    who,
                    incidents,
                    sinks,
                    when,
                    seconds,
                    perSecond(),
                    perCpuSecond(),
                    rssMb,
                    delayP99Ms);
        }
    }

    @Override
    public Integer call() throws Exception {
        if (incidents.isEmpty() || incidents.stream().anyMatch(count -> count < SINKS)) {
            throw new ConfigException("--incidents: " + SINKS + " or more");
        }
        TrustedRecords.trust();
        var dir = Files.createTempDirectory("tocsin-bench");
        try (var cluster =
                new Cluster(dir.resolve("cluster"), Ports.from(portBase).requireFree())) {
            System.out.printf(
                    "broker and receivers on the same %d cores; the one target answers after %d ms%n%n%-13s %9s %6s %5s %9s %11s %15s %7s %14s%n",
                    Runtime.getRuntime().availableProcessors(),
                    answerMs,
                    "",
                    "incidents",
                    "sinks",
                    "",
                    "seconds",
                    "webhooks/s",
                    "a CPU second",
                    "RSS MB",
                    "healthy p99 ms");
            var ours = new ArrayList<Burst>();
            for (int count : incidents) {
                ours.addAll(bursts(cluster.settings(), dir, count, 1));
            }
            ours.addAll(bursts(cluster.settings(), dir, incidents.getFirst(), SINKS));
            var peer = Alertmanager.burst(dir, incidents.getFirst(), Duration.ofMillis(answerMs));
            if (peer == null) {
                System.out.println("Alertmanager is not installed");
            } else {
                System.out.printf(
                        "%-13s %,9d %6d %5s %9.1f %,11.0f %,15.0f %7d%n",
                        "Alertmanager",
                        peer.incidents(),
                        1,
                        "",
                        peer.seconds(),
                        peer.incidents() / peer.seconds(),
                        peer.incidents() / peer.cpu(),
                        peer.rssMb());
            }
            var latencies = latencies(cluster.settings(), dir);
            System.out.printf(
                    "%nresult appended to webhook received, %d incidents one after the other: p50 %d ms, p90 %d ms, p99 %d ms, the longest %d ms%n",
                    latencies.size(),
                    Quantile.of(latencies, 0.5),
                    Quantile.of(latencies, 0.9),
                    Quantile.of(latencies, 0.99),
                    latencies.getLast());
            print(ours, peer, latencies);
            return 0;
        } finally {
            Folder.delete(dir);
        }
    }

    private static void print(
            List<Burst> ours, Alertmanager.@Nullable Burst peer, List<Long> latencies)
            throws IOException {
        var warm = ours.stream().filter(burst -> burst.when().equals("warm")).toList();
        var first = warm.getFirst();
        var many = ours.getLast();
        var largest = ours.stream().filter(burst -> burst.incidents() >= 100_000).toList();
        var json = JSON.createObjectNode();
        json.put("webhooks_per_cpu_s", Math.round(first.perCpuSecond()));
        json.put(
                "vs_alertmanager",
                peer == null ? null : first.perCpuSecond() / (peer.incidents() / peer.cpu()));
        json.put("rss_mb_100k_open", largest.isEmpty() ? null : largest.getFirst().rssMb());
        json.put("healthy_delay_p99_ms", many.delayP99Ms());
        json.put("seconds_to_one_target", first.seconds());
        json.put("latency_p50_ms", Quantile.of(latencies, 0.5));
        json.put("latency_p99_ms", Quantile.of(latencies, 0.99));
        System.out.println(JSON.writeValueAsString(json));
    }

    /// The same twice: cold, and once more.
    private List<Burst> bursts(KafkaSettings cluster, Path dir, int count, int sinks)
            throws Exception {
        var prefix = "bench-" + count + "-" + sinks + ".";
        var kafka = cluster.with("topic.prefix", prefix);
        Bootstrap.run(kafka, Load.LANES);
        var answers =
                sinks == 1
                        ? Map.of("/t0", Duration.ofMillis(answerMs))
                        : Map.of(SLOW, Duration.ofSeconds(5), DEAD, Duration.ofMillis(-1));
        var all = new ArrayList<Burst>();
        try (var sink = new WebhookSink(answers);
                var notifier = notifier(kafka, dir, sink, sinks)) {
            for (var when : List.of("cold", "warm")) {
                var burst = burst(kafka, sink, notifier, count, sinks, when);
                burst.print("tocsin");
                all.add(burst);
            }
        }
        return all;
    }

    private static Measured notifier(KafkaSettings kafka, Path dir, WebhookSink sink, int sinks)
            throws Exception {
        var here = Files.createDirectories(dir.resolve(kafka.topicPrefix() + "notifier"));
        int admin;
        try (var free = new java.net.ServerSocket(0)) {
            admin = free.getLocalPort();
        }
        var yaml =
                kafka.properties().entrySet().stream()
                                .map(entry ->
                                        "  %s: \"%s\"%n"
                                                .formatted(entry.getKey(), entry.getValue()))
                                .collect(Collectors.joining("", "kafka:\n", ""))
                        + "admin: { port: %d }%nnotify:%n  allow-networks: [127.0.0.0/8]%n  targets:%n"
                                .formatted(admin)
                        + each(
                                sinks,
                                i ->
                                        "    - { id: t%d, type: webhook, url: \"%s\", secret: \"%s\", digest-above: never }%n"
                                                .formatted(i, sink.url("/t" + i), SECRET))
                        + "  routes:\n"
                        + each(
                                sinks,
                                i ->
                                        "    - { match: { sink: [t%d] }, targets: [t%d] }%n"
                                                .formatted(i, i));
        var file = Files.writeString(here.resolve("notifier.yaml"), yaml);
        var notifier =
                new Measured(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseCompactObjectHeaders",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.tocsin.standalone.Tocsin",
                                "notifier",
                                "-f",
                                file.toString(),
                                "--data-dir",
                                here.resolve("data").toString()),
                        here,
                        here.resolve("log"));
        ready(notifier, admin);
        return notifier;
    }

    private static String each(int count, java.util.function.IntFunction<String> line) {
        return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining());
    }

    private static void ready(Measured notifier, int port) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ready"));
        long until = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < until) {
            notifier.requireAlive();
            try {
                if (HTTP.send(request.build(), BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (java.net.ConnectException _) {
                // not listening yet
            }
            Thread.sleep(100); // between looks
        }
        throw new IllegalStateException("not ready within " + LIMIT);
    }

    private static Burst burst(
            KafkaSettings kafka,
            WebhookSink sink,
            Measured notifier,
            int count,
            int sinks,
            String when)
            throws Exception {
        var healthy = new ArrayList<String>();
        var events = new LinkedHashMap<String, IncidentEvent>();
        for (int i = 0; i < count; i++) {
            var path = "/t" + i % sinks;
            var id = when + "-" + i;
            events.put(id, opened(id, "t" + i % sinks));
            if (sinks == 1 || !(path.equals(SLOW) || path.equals(DEAD))) {
                healthy.add(id);
            }
        }
        double cpu = notifier.cpuSeconds();
        long started = System.nanoTime();
        send(kafka, events);
        await(notifier, () -> healthy.stream().allMatch(sink::heard), 10);
        double seconds = (System.nanoTime() - started) / 1e9;
        return new Burst(
                count,
                sinks,
                when,
                seconds,
                notifier.cpuSeconds() - cpu,
                notifier.rssMb(),
                Quantile.of(sink.delaysMs(healthy, started), 0.99));
    }

    private static void await(
            Measured notifier, java.util.function.BooleanSupplier done, int eachMs)
            throws Exception {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!done.getAsBoolean()) {
            notifier.requireAlive();
            if (System.nanoTime() > until) {
                throw new IllegalStateException("not all were told within " + LIMIT);
            }
            Thread.sleep(eachMs); // between looks
        }
    }

    private static IncidentEvent opened(String id, String sink) {
        var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return IncidentEvent.newBuilder()
                .setEventId(id + "-1")
                .setIncidentId(id)
                .setSeq(1)
                .setType(IncidentEventType.OPENED)
                .setKey("check-" + id)
                .setCheckId("check-" + id)
                .setName("check " + id)
                .setKind(IncidentKind.DOWN)
                .setSeverity(Severity.CRITICAL)
                .setOpen(true)
                .setGrouped(true)
                .setReason("2 of 3 regions fail")
                .setStartedAt(at)
                .setOpenedAt(at)
                .setAt(at)
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(3, 3, 2, 0, 2, 2, "DOWN", "2 of 3 voting regions fail"))
                .setConfigVersion("v1")
                .setLabels(Map.of("sink", sink))
                .build();
    }

    private static void send(KafkaSettings kafka, Map<String, IncidentEvent> events)
            throws Exception {
        var topic = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var avro = AvroSerdes.<IncidentEvent>serializer(kafka.properties());
                var producer = TopicWriter.producer(kafka, Map.of("linger.ms", "5"))) {
            events.values()
                    .forEach(event -> {
                        var _ =
                                producer.send(
                                        new ProducerRecord<>(
                                                topic,
                                                event.getKey(),
                                                avro.serialize(topic, event)));
                    });
            producer.flush();
        }
    }

    /// In ms, sorted: from the broker's stamp of the deciding result to the webhook, through streams and notifier; each check has its group to itself.
    private List<Long> latencies(KafkaSettings cluster, Path dir) throws Exception {
        var kafka = cluster.with("topic.prefix", "bench-alone.");
        Bootstrap.run(kafka, Load.LANES);
        var checks = new LinkedHashMap<String, CheckDefinition>();
        for (int i = 0; i < 2 * alone; i++) {
            checks.put(
                    "check-" + i,
                    CheckDefinition.newBuilder(Load.check("check-" + i, "group-" + i, 1000, 1))
                            .setLabels(Map.of("sink", "t0"))
                            .build());
        }
        TopicWriter.write(kafka, Topics.CHECKS, checks);
        try (var sink = new WebhookSink(Map.of());
                var notifier = notifier(kafka, dir, sink, 1);
                var streams = BenchApp.incidentStreams(kafka, "bench-alone", dir)) {
            var latencies =
                    Load.oneByOne(
                            kafka,
                            checks.keySet(),
                            (_, before) -> await(notifier, () -> sink.heard() > before, 1));
            if (streams.seen() == 0) {
                throw new IllegalStateException("nothing was processed");
            }
            return Load.warm(latencies, alone);
        }
    }
}
