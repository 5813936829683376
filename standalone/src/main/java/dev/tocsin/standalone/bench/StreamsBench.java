package dev.tocsin.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.standalone.command.OptionTypes;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.Folder;
import dev.tocsin.standalone.embedded.Ports;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.TopicWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

    /// Incidents that are not measured.
    private static final int WARM_UP = 300;

    @Option(
            names = "--results",
            converter = OptionTypes.Count.class,
            defaultValue = "3000000",
            description = "Of each topic; ${DEFAULT-VALUE} if not given.")
    int results = 3_000_000;

    @Option(
            names = "--checks",
            converter = OptionTypes.Count.class,
            split = ",",
            defaultValue = "1000,100000,1000000",
            description = "How many there are; ${DEFAULT-VALUE} if not given.")
    List<Integer> checks = List.of();

    @Option(
            names = "--failing",
            converter = OptionTypes.Percent.class,
            split = ",",
            defaultValue = "0,1,10",
            description = "Percent of the checks, in all regions; ${DEFAULT-VALUE} if not given.")
    List<Integer> failing = List.of();

    @Option(
            names = "--rounds",
            converter = OptionTypes.Count.class,
            defaultValue = "3",
            description = "Each app is run so often over each topic, and the median counts.")
    int rounds = 3;

    @Option(
            names = "--port-base",
            converter = OptionTypes.PortBase.class,
            defaultValue = "28092",
            description = "Of the cluster; ${DEFAULT-VALUE} if not given.")
    int portBase = 28092;

    /// Of the pass-through, by what is asked of it (DESIGN section 10).
    private static final Map<Load, Double> GOALS = goals();

    private static Map<Load, Double> goals() {
        var goals = new LinkedHashMap<Load, Double>();
        goals.put(new Load(1000, 0, 0), 1.0);
        goals.put(new Load(100_000, 0, 0), 1.0);
        goals.put(new Load(1_000_000, 0, 0), 0.8);
        goals.put(new Load(100_000, 1, 0), 0.8);
        goals.put(new Load(100_000, 10, 0), 0.6);
        goals.put(new Load(1_000_000, 10, 0), 0.5);
        return goals;
    }

    /// @param backMs from the start of a process in place of one that is gone until it has its state
    private record Measured(
            BenchApp.Rate floor, BenchApp.Rate ours, Changelogs changelogs, long backMs) {
        double ratio() {
            return ours.perSecond() / floor.perSecond();
        }
    }

    @Override
    public Integer call() throws Exception {
        for (int count : checks) {
            if (count < 100 || results < count * Load.REGIONS.size()) {
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
                failing.forEach(percent -> loads.add(new Load(count, percent, results)));
            }
            System.out.printf(
                    "%,d results of 3 regions, %d partitions, broker on the same %d cores%n%n%-29s %12s %12s %6s %9s %9s %9s %10s %8s%n",
                    results,
                    Load.LANES,
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
                var kafka = load.define(cluster.settings());
                var app = load.prefix() + "run";
                for (int round = 0; round < rounds; round++) {
                    BenchApp.learn(kafka, app + round + "-ours", dir, load.checks());
                }
                load.produce(kafka);
                var floor = new ArrayList<BenchApp.Rate>();
                var ours = new ArrayList<BenchApp.Rate>();
                for (int round = 0; round < rounds; round++) {
                    floor.add(
                            BenchApp.measure(
                                    BenchApp.passThrough(kafka, app + round + "-floor", dir),
                                    load.sent()));
                    load.forgetSignals(kafka);
                    ours.add(
                            BenchApp.measure(
                                    BenchApp.incidentStreams(kafka, app + round + "-ours", dir),
                                    load.sent()));
                }
                var one =
                        new Measured(
                                median(floor),
                                median(ours),
                                Changelogs.read(kafka, app + (rounds - 1) + "-ours"),
                                BenchApp.backMs(kafka, app + (rounds - 1) + "-ours", dir));
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
                        (double) one.changelogs().writtenBytes() / load.sent(),
                        one.backMs());
            }
            System.out.printf(
                    "%nappended to committed incident event, %d incidents one after the other: p50 %d ms, p99 %d ms%n",
                    latencies.size(), Quantile.of(latencies, 0.5), Quantile.of(latencies, 0.99));
            var json = JSON.createObjectNode();
            var small = measured.get(new Load(1000, 0, results));
            var failingSmall = measured.get(new Load(1000, 1, results));
            var failing10 = measured.get(new Load(100_000, 10, results));
            var large = measured.get(new Load(1_000_000, 0, results));
            json.put("healthy_vs_passthrough", small == null ? null : small.ratio());
            json.put("failing1_vs_passthrough", failingSmall == null ? null : failingSmall.ratio());
            json.put("failing10_vs_passthrough_100k", failing10 == null ? null : failing10.ratio());
            json.put("results_per_s", small == null ? null : small.ours().perSecond());
            json.put(
                    "cost_growth_1k_to_1m",
                    small == null || large == null
                            ? null
                            : small.ours().perSecond() / large.ours().perSecond());
            json.put("latency_p50_ms", Quantile.of(latencies, 0.5));
            json.put("latency_p99_ms", Quantile.of(latencies, 0.99));
            System.out.println();
            GOALS.forEach((load, goal) -> {
                var one = measured.get(new Load(load.checks(), load.failingPercent(), results));
                if (one != null) {
                    goal(load.toString(), one.ratio(), goal);
                }
            });
            System.out.println(
                    "where the time goes: docs/decisions/0009-what-the-profile-of-streams-said.md");
            System.out.println(JSON.writeValueAsString(json));
            return 0;
        } finally {
            Folder.delete(dir);
        }
    }

    private static void goal(String what, double found, double goal) {
        System.out.printf(
                "%-29s %4.2f of the pass-through, goal %.2f: %s%n",
                what, found, goal, found >= goal ? "met" : "NOT MET");
    }

    private static BenchApp.Rate median(List<BenchApp.Rate> rates) {
        var sorted = new ArrayList<>(rates);
        sorted.sort(Comparator.comparingDouble(BenchApp.Rate::perSecond));
        return sorted.get(sorted.size() / 2);
    }

    /// In ms, sorted: from the broker's stamp of the deciding result to the committed event at a subscriber.
    private static List<Long> latencies(KafkaSettings cluster, Path dir) throws Exception {
        var kafka = cluster.with("topic.prefix", "bench-latency.");
        Bootstrap.run(kafka, Load.LANES);
        var checks = new LinkedHashMap<String, CheckDefinition>();
        for (int i = 0; i < WARM_UP + 200; i++) {
            checks.put("check-" + i, Load.check("check-" + i, "group-" + i, 1000, 1));
        }
        TopicWriter.write(kafka, Topics.CHECKS, checks);
        var incidents = Topics.INCIDENTS.named(kafka.topicPrefix());
        try (var app = BenchApp.incidentStreams(kafka, "bench-latency", dir);
                var avro = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class);
                var reader = new TopicReader(kafka, List.of(incidents))) {
            var latencies =
                    Load.oneByOne(
                            kafka,
                            checks.keySet(),
                            (id, _) -> awaitOpened(reader, avro, incidents, id));
            if (app.seen() == 0) {
                throw new IllegalStateException("nothing was processed");
            }
            return Load.warm(latencies, WARM_UP);
        }
    }

    private static void awaitOpened(
            TopicReader reader,
            org.apache.kafka.common.serialization.Deserializer<IncidentEvent> avro,
            String incidents,
            String check) {
        long until = System.nanoTime() + BenchApp.LIMIT.toNanos();
        while (System.nanoTime() < until) {
            for (var record : reader.poll(Duration.ofMillis(20))) {
                var event = avro.deserialize(incidents, record.value());
                if (check.equals(event.getCheckId())
                        && event.getType() == IncidentEventType.OPENED) {
                    return;
                }
            }
        }
        throw new IllegalStateException("no incident of " + check + " within " + BenchApp.LIMIT);
    }
}
