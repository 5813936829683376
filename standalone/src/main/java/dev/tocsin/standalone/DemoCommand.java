package dev.tocsin.standalone;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.service.Durations;
import dev.tocsin.service.Health;
import dev.tocsin.service.Lifecycle;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Plays a regional and a global outage on a local estate, through the whole pipeline.
@Command(
        name = "demo",
        description = "Play a regional and a global outage on a local estate, through everything.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--for",
            description =
                    "End by itself after this time (at least 90s), with a summary; exit 0 only if all went as expected.")
    @Nullable String lasting;

    @Option(
            names = "--port-base",
            defaultValue = "0",
            description = "Ports in a row from here on, instead of 9092 and 8081.")
    int portBase;

    @Override
    public Integer call() throws Exception {
        var until = lasting == null ? Instant.MAX : Instant.now().plus(Durations.parse(lasting));
        var dataDir = Files.createTempDirectory("tocsin-demo");
        var lifecycle = new Lifecycle();
        lifecycle.onClose("data", () -> delete(dataDir));
        ServiceCommands.endWith(lifecycle);
        try {
            return play(lifecycle, dataDir, until);
        } finally {
            lifecycle.close();
        }
    }

    private int play(Lifecycle lifecycle, Path dataDir, Instant until) throws Exception {
        say("starting Kafka (KRaft) and the schema registry ...");
        var cluster = lifecycle.closing("cluster", new Cluster(dataDir, Ports.from(portBase)));
        say(
                "Kafka "
                        + cluster.settings().bootstrapServers()
                        + ", registry "
                        + cluster.settings().registryUrl());
        var estate = lifecycle.closing("estate", new Estate());
        var random = new byte[32];
        new SecureRandom().nextBytes(random);
        var secret = "whsec_" + Base64.getEncoder().encodeToString(random);
        var receiver =
                lifecycle.closing(
                        "receiver",
                        new WebhookReceiver(
                                secret,
                                hook ->
                                        say(
                                                "   webhook  "
                                                        + hook.type()
                                                        + " received, signature verified, incident "
                                                        + hook.incidentId())));
        var config = dataDir.resolve("demo.yaml");
        Files.writeString(
                config,
                estate.checks()
                        + """
                        notify:
                          targets:
                            - { id: oncall, type: webhook, url: "%s", secret: "%s" }
                          routes:
                            - { targets: [oncall] }
                        """
                                .formatted(receiver.url(), secret));
        var file = ConfigOption.parse(config, Map.of());
        var applied = new Applied(file);
        var checks = applied.checks();
        applied.publish(cluster.settings(), true);
        var agents =
                Estate.REGIONS.stream()
                        .map(region ->
                                AgentConfig.of(region, null, null, null, estate.hosts(region)))
                        .toList();
        var health = new Health();
        lifecycle.closing(
                "pipeline",
                new Pipeline(
                        cluster.settings(),
                        dataDir,
                        agents,
                        NotifyConfig.from(file),
                        Map.of(),
                        health,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
        var events = new CopyOnWriteArrayList<IncidentEvent>();
        var done = new AtomicBoolean();
        var feed =
                Thread.ofPlatform()
                        .daemon()
                        .name("feed")
                        .start(() ->
                                IncidentFeed.read(
                                        cluster.settings(),
                                        true,
                                        done::get,
                                        event -> {
                                            events.add(event);
                                            say("   incident " + IncidentFeed.line(event));
                                        }));
        lifecycle.onClose(
                "feed",
                () -> {
                    done.set(true);
                    feed.join(Duration.ofSeconds(5));
                });
        var summary = new DemoSummary(events, receiver);
        await(until, health::ready);
        say(
                checks.size()
                        + " checks in "
                        + agents.size()
                        + " regions, all well; watch `incidents` with: ./tocsin incidents --follow");
        pause(Duration.ofSeconds(8), until);
        say("1. app-store fails in ap-south alone");
        estate.fail("app-store", List.of("ap-south"));
        await(until, () -> summary.told("app-store", "OPENED"));
        pause(Duration.ofSeconds(4), until);
        say("   app-store is healed");
        estate.heal("app-store");
        await(until, () -> summary.told("app-store", "CLOSED"));
        say("2. messaging and calls fail everywhere");
        estate.fail("messaging", Estate.REGIONS);
        estate.fail("calls", Estate.REGIONS);
        await(until, () -> summary.told("messaging", "OPENED") && summary.told("calls", "OPENED"));
        pause(Duration.ofSeconds(6), until);
        say("   messaging and calls are healed");
        estate.heal("messaging");
        estate.heal("calls");
        await(until, () -> summary.told("messaging", "CLOSED") && summary.told("calls", "CLOSED"));
        say(
                "the play is over"
                        + (until.equals(Instant.MAX)
                                ? "; everything runs on, Ctrl-C ends it"
                                : ""));
        await(until, () -> false);
        return summary.print() ? 0 : Tocsin.BAD;
    }

    private static void pause(Duration duration, Instant until) throws InterruptedException {
        var end = Instant.now().plus(duration);
        await(end.isBefore(until) ? end : until, () -> false);
    }

    private static void await(Instant until, java.util.function.BooleanSupplier condition)
            throws InterruptedException {
        while (!condition.getAsBoolean() && Instant.now().isBefore(until)) {
            Thread.sleep(100);
        }
    }

    private static void say(String line) {
        System.out.println(Instant.now().toString().substring(11, 19) + "  " + line);
    }

    private static void delete(Path dir) throws java.io.IOException {
        try (var files = Files.walk(dir)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
