package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Fault;
import dev.tocsin.it.guarantee.Guarantees;
import dev.tocsin.it.guarantee.History;
import dev.tocsin.it.guarantee.Receiver;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.Bootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/// All that a platform team runs, as processes: three brokers and a registry, an agent in each of three regions, two `streams`, two notifiers, a page; and targets
/// that go down and up, of which two receivers are told.
final class Platform implements AutoCloseable {
    private static final int LANES = 6;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final List<String> REGIONS = List.of("us", "eu", "ap");
    static final List<String> INSTANCES = List.of("a", "b");

    private final Lifecycle lifecycle = new Lifecycle();
    private final Path dir;
    private final long seed;
    private final KafkaSettings kafka;
    private final List<ServiceProcess> agents = new ArrayList<>();
    private final List<Receiver> receivers = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    final ThreeBrokers brokers;
    final Downtimes downtimes;
    final List<ServiceProcess> streams = new ArrayList<>();
    final List<ServiceProcess> notifiers = new ArrayList<>();
    final ServiceProcess page;

    /// Returns when all are ready.
    ///
    /// @param prefix of the topics, and of the names of the logs
    Platform(Path dir, String prefix, long seed) throws Exception {
        this(dir, dir, prefix, seed);
    }

    /// @param disk of the brokers
    Platform(Path dir, Path disk, String prefix, long seed) throws Exception {
        this.dir = dir;
        this.seed = seed;
        try {
            brokers = lifecycle.closing("brokers", new ThreeBrokers(disk));
            kafka = brokers.settings(prefix);
            Bootstrap.run(kafka, LANES);
            downtimes = lifecycle.closing("targets", new Downtimes(seed));
            for (var name : List.of("oncall", "log")) {
                var target = name + Notifiers.EACH;
                receivers.add(lifecycle.closing(target, new Receiver(target, seed)));
            }
            for (var region : REGIONS) {
                agents.add(service("agent", region, "", List.of("--region", region)));
            }
            for (var instance : INSTANCES) {
                streams.add(service("streams", instance, "", List.of("--instance", instance)));
                notifiers.add(
                        closing(
                                Notifiers.start(
                                        kafka, dir, "notifier-" + instance, instance, receivers)));
            }
            page =
                    closing(
                            new ServiceProcess(
                                    "status-page", kafka, dir, "status-page: { port: 0 }\n"));
            awaitReady();
        } catch (Exception | AssertionError e) {
            lifecycle.close();
            throw e;
        }
    }

    private ServiceProcess service(String command, String name, String more, List<String> options)
            throws IOException {
        var process = command + "-" + name;
        var all = new ArrayList<>(options);
        all.addAll(List.of("--data-dir", dir.resolve(process).toString()));
        return closing(new ServiceProcess(command, process, kafka, dir, more, all));
    }

    private ServiceProcess closing(ServiceProcess process) {
        return lifecycle.closing(process.name(), process);
    }

    /// These checks and no others. Returns when each is looked at from everywhere.
    void apply(Set<String> checks) throws Exception {
        apply(
                kafka,
                dir,
                "{ interval: 2s, timeout: 2s, regions: %s }".formatted(REGIONS),
                checks,
                downtimes::url);
        await("each is probed")
                .atMost(LIMIT)
                .until(() ->
                        checks.stream().allMatch(it -> downtimes.probes(it) >= 3 * REGIONS.size()));
    }

    /// These checks and no others, each of a service and a group of its own, so that it is told by itself.
    ///
    /// @param url of a check
    static void apply(
            KafkaSettings kafka,
            Path dir,
            String defaults,
            Set<String> checks,
            UnaryOperator<String> url)
            throws Exception {
        var yaml = new StringBuilder("defaults: " + defaults + "\n");
        yaml.append("services:\n");
        checks.forEach(it -> yaml.append("  - { id: s-%1$s, name: %1$s }\n".formatted(it)));
        yaml.append("groups:\n");
        checks.forEach(it ->
                yaml.append("  - { id: g-%1$s, name: %1$s, services: [s-%1$s] }\n".formatted(it)));
        yaml.append("checks:\n");
        checks.forEach(it ->
                yaml.append(
                        "  - { id: %1$s, service: s-%1$s, url: \"%2$s\" }\n"
                                .formatted(it, url.apply(it))));
        var sections = Set.of("checks", "defaults", "services", "groups");
        var file = Files.writeString(dir.resolve("checks.yaml"), yaml);
        new Applied(ConfigFile.load(file, Map.of(), sections)).publish(kafka, true);
    }

    List<ServiceProcess> all() {
        var all = new ArrayList<>(agents);
        all.addAll(streams);
        all.addAll(notifiers);
        all.add(page);
        return all;
    }

    void awaitReady() {
        await("all are ready")
                .atMost(LIMIT)
                .untilAsserted(() -> {
                    for (var process : all()) {
                        var says = process.says("ready");
                        assertThat(says.statusCode())
                                .as("%s: %s", process.name(), says.body())
                                .isEqualTo(200);
                    }
                });
    }

    /// Until everybody has heard that each of them was down and is up.
    void awaitTold(Set<String> checks) {
        try {
            await("all is told, seed " + seed)
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        assertThat(closed()).containsAll(checks);
                        assertThat(Guarantees.untold(history())).isEmpty();
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(notClosed(checks), e);
        }
    }

    /// What there is of those that are not closed, for whoever has to find out why.
    private String notClosed(Set<String> checks) {
        var closed = closed();
        var events = Judge.incidents(kafka);
        var results = Judge.results(kafka);
        return checks.stream()
                .filter(check -> !closed.contains(check))
                .map(check ->
                        "%s\n  told: %s\n  failed: %s\n  passed last: %s"
                                .formatted(
                                        downtimes.of(check),
                                        events.stream()
                                                .filter(event -> event.getKey().equals(check))
                                                .map(event ->
                                                        event.getType()
                                                                + " "
                                                                + event.getSeq()
                                                                + " at "
                                                                + event.getAt())
                                                .toList(),
                                        times(results, check, Outcome.FAIL),
                                        times(results, check, Outcome.PASS)))
                .collect(Collectors.joining("\n"));
    }

    /// The last of each region, and how many there are.
    private static Map<String, String> times(
            List<CheckResult> results, String check, Outcome outcome) {
        var times = new TreeMap<String, String>();
        var counts = new TreeMap<String, Integer>();
        for (var result : results) {
            if (result.getCheckId().equals(check) && result.getOutcome() == outcome) {
                int count = counts.merge(result.getRegion(), 1, Integer::sum);
                times.put(result.getRegion(), count + ", " + result.getStartedAt());
            }
        }
        return times;
    }

    private Set<String> closed() {
        return Judge.incidents(kafka).stream()
                .filter(event -> event.getType() == IncidentEventType.CLOSED)
                .map(IncidentEvent::getKey)
                .collect(Collectors.toSet());
    }

    void fault(Fault fault) {
        faults.add(fault);
    }

    private History history() {
        return Notifiers.history(kafka, receivers, faults);
    }

    /// Ends all services, and judges what they did: results by their sequence, incidents by what the targets did, messages by id and order.
    void judge() throws InterruptedException {
        judge(Instant.MAX);
    }

    /// @param back see [Downtimes#judge]
    void judge(Instant back) throws InterruptedException {
        for (var process : all()) {
            process.stop();
        }
        var results = Judge.results(kafka);
        var history = history();
        var latest = new Latest(downtimes.over(), history);
        System.out.printf(
                "%d faults (seed %d): %d results, %d of them backfilled; %d downtimes; %s; %s%n",
                faults.size(),
                seed,
                results.size(),
                Judge.backfilled(results),
                downtimes.over().size(),
                latest,
                Guarantees.summary(history));
        Judge.noResultLostAndNoneTwice(results);
        try {
            downtimes.judge(history.events(), back);
        } catch (AssertionError e) {
            history.events()
                    .forEach(event ->
                            System.out.printf(
                                    "%s %s %d %s at %s, from %s to %s: %s%n",
                                    event.getKey(),
                                    event.getIncidentId(),
                                    event.getSeq(),
                                    event.getType(),
                                    event.getAt(),
                                    event.getStartedAt(),
                                    event.getEndedAt(),
                                    event.getReason()));
            System.out.println(downtimes.over());
            throw e;
        }
        assertThat(latest.notOnce()).as("seed %d", seed).isEmpty();
        assertThat(Guarantees.broken(history)).as("seed %d", seed).isEmpty();
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
