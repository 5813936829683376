package dev.tocsin.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.standalone.Bootstrap;
import dev.tocsin.standalone.Cluster;
import dev.tocsin.standalone.Ports;
import dev.tocsin.standalone.TopicWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// incident-streams beside the least that a Kafka Streams app can do: read and deserialise the same topic, exactly-once on, with the same settings, in the
/// same run. Broker, registry and both apps share this machine.
@Command(
        name = "streams",
        description =
                "How fast is incident-streams, as a ratio to a Streams app that only reads the same results.",
        mixinStandardHelpOptions = true)
final class StreamsBench implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> REGIONS = List.of("r0", "r1", "r2");
    private static final int LANES = 3;

    /// Incidents that are not measured.
    private static final int WARM_UP = 300;

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @Option(
            names = "--results",
            defaultValue = "3000000",
            description = "Of each topic; ${DEFAULT-VALUE} if not given.")
    int results = 3_000_000;

    @Option(
            names = "--checks",
            split = ",",
            defaultValue = "1000,100000,1000000",
            description = "How many there are; ${DEFAULT-VALUE} if not given.")
    List<Integer> checks = List.of();

    @Option(
            names = "--failing",
            split = ",",
            defaultValue = "0,1,10",
            description = "Percent of the checks, in all regions; ${DEFAULT-VALUE} if not given.")
    List<Integer> failing = List.of();

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Each app is run so often over each topic, and the median counts.")
    int rounds = 3;

    @Option(
            names = "--port-base",
            defaultValue = "28092",
            description = "Of the cluster; ${DEFAULT-VALUE} if not given.")
    int portBase = 28092;

    private record Load(int checks, int failingPercent) {
        int turns(int results) {
            return results / checks / REGIONS.size();
        }

        /// How many results its topic holds: whole turns alone.
        long sent(int results) {
            return (long) turns(results) * checks * REGIONS.size();
        }

        /// Between two results of a check in one region, in ms: all of them lie within five minutes, late is none.
        long intervalMs(int results) {
            return Math.clamp(300_000 / turns(results), 100, 60_000);
        }

        String prefix() {
            return "bench-" + checks + "-" + failingPercent + ".";
        }

        @Override
        public String toString() {
            return "%,d checks, %d %% failing".formatted(checks, failingPercent);
        }
    }

    /// @param cpu seconds of this process per million results, the broker's included
    private record Rate(double perSecond, double cpu) {}

    /// @param backMs from the start of a process in place of one that is gone until it has its state
    private record Measured(Rate floor, Rate ours, Changelogs changelogs, long backMs) {
        double ratio() {
            return ours.perSecond() / floor.perSecond();
        }
    }

    private interface Running extends AutoCloseable {
        /// Whether it has all its state.
        boolean ready();

        long seen();
    }

    @Override
    public Integer call() throws Exception {
        for (int count : checks) {
            if (count < 100 || results < count * REGIONS.size()) {
                throw new ConfigException(
                        "--checks: 100 or more, and --results at least one of each check and region");
            }
        }
        TrustedRecords.trust();
        var dir = Files.createTempDirectory("tocsin-bench");
        try (var cluster =
                new Cluster(dir.resolve("cluster"), Ports.from(portBase).requireFree())) {
            // First: a heap full of what the loads leave behind would be measured, too.
            var latencies = latencies(cluster.settings(), dir);
            var loads = new ArrayList<Load>();
            for (int count : checks) {
                failing.forEach(percent -> loads.add(new Load(count, percent)));
            }
            System.out.printf(
                    "%,d results of 3 regions, %d partitions, broker on the same %d cores%n%n%-29s %12s %12s %6s %9s %9s %9s %10s %8s%n",
                    results,
                    LANES,
                    Runtime.getRuntime().availableProcessors(),
                    "",
                    "pass-through",
                    "ours",
                    "ratio",
                    "CPU s/M",
                    "CPU s/M",
                    "state kB",
                    "log B/res.",
                    "back ms");
            var measured = new HashMap<Load, Measured>();
            for (var load : loads) {
                var kafka = define(cluster.settings(), load);
                var app = load.prefix() + "run";
                for (int round = 0; round < rounds; round++) {
                    learn(kafka, app + round + "-ours", dir, load.checks());
                }
                produce(kafka, load);
                var floor = new ArrayList<Rate>();
                var ours = new ArrayList<Rate>();
                for (int round = 0; round < rounds; round++) {
                    floor.add(
                            measure(
                                    passThrough(kafka, app + round + "-floor", dir),
                                    load.sent(results)));
                    ours.add(
                            measure(
                                    incidentStreams(kafka, app + round + "-ours", dir),
                                    load.sent(results)));
                }
                var one =
                        new Measured(
                                median(floor),
                                median(ours),
                                Changelogs.read(kafka, app + (rounds - 1) + "-ours"),
                                backMs(kafka, app + (rounds - 1) + "-ours", dir));
                measured.put(load, one);
                System.out.printf(
                        "%-29s %,10.0f/s %,10.0f/s %6.2f %9.2f %9.2f %,9d %10.1f %,8d%n",
                        load,
                        one.floor().perSecond(),
                        one.ours().perSecond(),
                        one.ratio(),
                        one.floor().cpu(),
                        one.ours().cpu(),
                        one.changelogs().stateBytes() / 1000,
                        (double) one.changelogs().writtenBytes() / load.sent(results),
                        one.backMs());
            }
            System.out.printf(
                    "%nappended to committed incident event, %d incidents one after the other: p50 %d ms, p99 %d ms%n",
                    latencies.size(), quantile(latencies, 0.5), quantile(latencies, 0.99));
            var json = JSON.createObjectNode();
            var small = measured.get(new Load(1000, 0));
            var failingSmall = measured.get(new Load(1000, 1));
            var large = measured.get(new Load(1_000_000, 0));
            json.put("healthy_vs_passthrough", small == null ? null : small.ratio());
            json.put("failing1_vs_passthrough", failingSmall == null ? null : failingSmall.ratio());
            json.put("results_per_s", small == null ? null : small.ours().perSecond());
            json.put(
                    "cost_growth_1k_to_1m",
                    small == null || large == null
                            ? null
                            : small.ours().perSecond() / large.ours().perSecond());
            json.put("latency_p50_ms", quantile(latencies, 0.5));
            json.put("latency_p99_ms", quantile(latencies, 0.99));
            System.out.println(JSON.writeValueAsString(json));
            return 0;
        } finally {
            try (var files = Files.walk(dir)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /// @param group of services: a hundred checks share one
    private static CheckDefinition check(
            String id, String group, long intervalMs, int failureThreshold) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setName(id)
                .setService("bench")
                .setGroup(group)
                .setUrl("http://bench/")
                .setProbe("http")
                .setIntervalMs(intervalMs)
                .setTimeoutMs(100)
                .setRegions(REGIONS)
                .setIncident(
                        IncidentPolicy.newBuilder().setFailureThreshold(failureThreshold).build())
                .build();
    }

    private static CheckResult result(
            String check, String region, long sequence, Instant at, boolean fails) {
        return CheckResult.newBuilder()
                .setCheckId(check)
                .setConfigVersion("v1")
                .setRegion(region)
                .setAgentId(region + "-agent-1")
                .setBootEpoch(1)
                .setSequence(sequence)
                .setScheduledAt(at)
                .setStartedAt(at)
                .setDurationUs(12_345)
                .setOutcome(fails ? Outcome.FAIL : Outcome.PASS)
                .build();
    }

    /// Topics and checks.
    private KafkaSettings define(KafkaSettings cluster, Load load) throws Exception {
        var properties = new HashMap<>(cluster.properties());
        properties.put("topic.prefix", load.prefix());
        var kafka = new KafkaSettings(properties);
        Bootstrap.run(kafka, LANES);
        var all = new LinkedHashMap<String, CheckDefinition>();
        for (int i = 0; i < load.checks(); i++) {
            all.put(
                    "check-" + i,
                    check("check-" + i, "group-" + i / 100, load.intervalMs(results), 3));
        }
        TopicWriter.write(kafka, Topics.CHECKS, all);
        return kafka;
    }

    /// Lets an app take in all checks and end, so that only results are left to do: they are what is measured.
    private static void learn(KafkaSettings kafka, String id, Path dir, int checks)
            throws Exception {
        var metrics = new SimpleMeterRegistry();
        var learned = metrics.counter("tocsin_streams_definitions_total");
        try (var _ =
                new IncidentStreams(app(kafka, id), "1", dir.resolve(id), new Health(), metrics)) {
            long until = System.nanoTime() + LIMIT.toNanos();
            while (learned.count() < checks) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException(
                            learned.count() + " of " + checks + " checks within " + LIMIT);
                }
                Thread.sleep(5); // between looks
            }
        }
    }

    /// Results, spread over the seconds up to now.
    private void produce(KafkaSettings kafka, Load load) throws Exception {
        var ids = IntStream.range(0, load.checks()).mapToObj(i -> "check-" + i).toList();
        int turns = load.turns(results);
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        send(
                kafka,
                (topic, producer, avro) -> {
                    for (int turn = 0; turn < turns; turn++) {
                        var at = now.minusMillis((turns - turn) * load.intervalMs(results));
                        for (int i = 0; i < ids.size(); i++) {
                            boolean fails = i % 100 < load.failingPercent();
                            for (var region : REGIONS) {
                                var value = result(ids.get(i), region, turn, at, fails);
                                var _ =
                                        producer.send(
                                                new ProducerRecord<>(
                                                        topic,
                                                        ids.get(i),
                                                        avro.serialize(topic, value)));
                            }
                        }
                    }
                });
    }

    private interface Sending {
        void with(
                String topic,
                KafkaProducer<String, byte[]> producer,
                org.apache.kafka.common.serialization.Serializer<CheckResult> avro)
                throws Exception;
    }

    private static void send(KafkaSettings kafka, Sending sending) throws Exception {
        try (var avro = AvroSerdes.<CheckResult>serializer(kafka.properties());
                var producer =
                        new KafkaProducer<String, byte[]>(
                                kafka.client(
                                        Map.of("compression.type", "lz4"),
                                        Map.of(
                                                "key.serializer",
                                                StringSerializer.class.getName(),
                                                "value.serializer",
                                                ByteArraySerializer.class.getName())))) {
            sending.with(Topics.CHECK_RESULTS.named(kafka.topicPrefix()), producer, avro);
            producer.flush();
        }
    }

    private static KafkaSettings app(KafkaSettings kafka, String id) {
        var properties = new HashMap<>(kafka.properties());
        properties.put("application.id", id);
        return new KafkaSettings(properties);
    }

    private static Running passThrough(KafkaSettings kafka, String id, Path dir) {
        var seen = new AtomicLong();
        var builder = new StreamsBuilder();
        var topic = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
        // One for each thread, as ours has.
        var formats =
                ThreadLocal.withInitial(
                        () -> AvroSerdes.<CheckResult>deserializer(kafka.properties()));
        builder.stream(topic, Consumed.with(Serdes.String(), Serdes.ByteArray()))
                .foreach((_, value) -> {
                    if (value != null
                            && !formats.get().deserialize(topic, value).getCheckId().isEmpty()) {
                        seen.incrementAndGet();
                    }
                });
        var streams =
                new KafkaStreams(
                        builder.build(),
                        IncidentStreams.properties(app(kafka, id), "1", dir.resolve(id)));
        streams.start();
        return running(
                () -> streams.state() == KafkaStreams.State.RUNNING,
                seen::get,
                () -> streams.close(Duration.ofSeconds(20)));
    }

    /// A process that starts on an empty disk, with what the last one left in Kafka.
    private static long backMs(KafkaSettings kafka, String id, Path dir) throws Exception {
        var health = new Health();
        long started = System.nanoTime();
        try (var _ =
                new IncidentStreams(
                        app(kafka, id),
                        "1",
                        dir.resolve(id + "-again"),
                        health,
                        new SimpleMeterRegistry())) {
            long until = started + LIMIT.toNanos();
            while (health.why("streams") != null) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException("not back within " + LIMIT);
                }
                Thread.sleep(5); // between looks
            }
            return (System.nanoTime() - started) / 1_000_000;
        }
    }

    private static Running incidentStreams(KafkaSettings kafka, String id, Path dir) {
        var metrics = new SimpleMeterRegistry();
        var health = new Health();
        var streams = new IncidentStreams(app(kafka, id), "1", dir.resolve(id), health, metrics);
        return running(
                () -> health.why("streams") == null,
                () ->
                        (long)
                                metrics
                                        .find("tocsin_streams_results_total")
                                        .tag("bucket", "voted")
                                        .counters()
                                        .stream()
                                        .mapToDouble(Counter::count)
                                        .sum(),
                streams::close);
    }

    private static Running running(BooleanSupplier ready, LongSupplier seen, Runnable end) {
        return new Running() {
            @Override
            public boolean ready() {
                return ready.getAsBoolean();
            }

            @Override
            public long seen() {
                return seen.getAsLong();
            }

            @Override
            public void close() {
                end.run();
            }
        };
    }

    /// From when it has all its state and its first result, to its last: what it did while other tasks were still being restored
    /// does not count.
    private static Rate measure(Running app, long all) throws Exception {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (app) {
            long until = System.nanoTime() + LIMIT.toNanos();
            while (!app.ready() && System.nanoTime() < until) {
                Thread.sleep(2); // between looks
            }
            await(app, 1, until);
            long first = app.seen();
            if (first > all / 2) {
                throw new IllegalStateException(
                        "half of the results were done before it had all its state; give it more with --results");
            }
            long started = System.nanoTime();
            long cpu = system.getProcessCpuTime();
            await(app, all, until);
            long took = System.nanoTime() - started;
            double million = (app.seen() - first) / 1e6;
            return new Rate(
                    million * 1e6 / (took / 1e9),
                    (system.getProcessCpuTime() - cpu) / 1e9 / million);
        }
    }

    private static void await(Running app, long count, long until) throws InterruptedException {
        while (app.seen() < count) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException(
                        app.seen() + " of " + count + " results within " + LIMIT);
            }
            Thread.sleep(2); // between looks
        }
    }

    private static Rate median(List<Rate> rates) {
        var sorted = new ArrayList<>(rates);
        sorted.sort(Comparator.comparingDouble(Rate::perSecond));
        return sorted.get(sorted.size() / 2);
    }

    private static long quantile(List<Long> sorted, double q) {
        return sorted.get(Math.min(sorted.size() - 1, (int) (q * sorted.size())));
    }

    /// In ms, sorted: from the broker's stamp of the deciding result to the committed event at a subscriber.
    private static List<Long> latencies(KafkaSettings cluster, Path dir) throws Exception {
        var properties = new HashMap<>(cluster.properties());
        properties.put("topic.prefix", "bench-latency.");
        var kafka = new KafkaSettings(properties);
        Bootstrap.run(kafka, LANES);
        var checks = new LinkedHashMap<String, CheckDefinition>();
        for (int i = 0; i < WARM_UP + 200; i++) {
            checks.put("check-" + i, check("check-" + i, "group-" + i, 1000, 1));
        }
        TopicWriter.write(kafka, Topics.CHECKS, checks);
        var latencies = new ArrayList<Long>();
        var incidents = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var app = incidentStreams(kafka, "bench-latency", dir);
                var avro = AvroSerdes.<IncidentEvent>deserializer(kafka.properties());
                var reader = new TopicReader(kafka, List.of(incidents))) {
            send(
                    kafka,
                    (topic, producer, results) -> {
                        for (var id : checks.keySet()) {
                            long appended = 0;
                            for (var region : REGIONS.subList(0, 2)) {
                                var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                                var value =
                                        results.serialize(topic, result(id, region, 1, at, true));
                                appended =
                                        producer.send(new ProducerRecord<>(topic, id, value))
                                                .get()
                                                .timestamp();
                            }
                            latencies.add(opened(reader, avro, incidents, id) - appended);
                        }
                    });
            if (app.seen() == 0) {
                throw new IllegalStateException("nothing was processed");
            }
        }
        var measured = new ArrayList<>(latencies.subList(WARM_UP, latencies.size()));
        measured.sort(Long::compare);
        return measured;
    }

    private static long opened(
            TopicReader reader,
            org.apache.kafka.common.serialization.Deserializer<IncidentEvent> avro,
            String incidents,
            String check) {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < until) {
            for (var record : reader.poll(Duration.ofMillis(20))) {
                var event = avro.deserialize(incidents, record.value());
                if (check.equals(event.getCheckId())
                        && event.getType() == IncidentEventType.OPENED) {
                    return System.currentTimeMillis();
                }
            }
        }
        throw new IllegalStateException("no incident of " + check + " within " + LIMIT);
    }
}
