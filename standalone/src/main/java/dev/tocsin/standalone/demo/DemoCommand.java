package dev.tocsin.standalone.demo;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.service.Health;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.command.ConfigOption;
import dev.tocsin.standalone.command.Exit;
import dev.tocsin.standalone.command.PortsOption;
import dev.tocsin.standalone.command.ServiceCommands;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.Folder;
import dev.tocsin.standalone.embedded.Pipeline;
import dev.tocsin.standalone.embedded.Ports;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.IncidentFeed;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Plays the day through the whole pipeline, and judges what came of it.
@Command(
        name = "demo",
        description =
                "Play the day: older mail cannot be read in two regions, then the app store, messaging and calls fail with it, one region stays fine; and again.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--for",
            description =
                    "End by itself after this time (at least 150s), with a summary; exit 0 only if all went as expected.")
    @Nullable Duration lasting;

    private static final Duration SHORTEST = Duration.ofSeconds(150);

    /// Of each step; on a quiet machine the longest takes a quarter of it.
    private static final Duration STEP = Duration.ofMinutes(2);

    @Mixin PortsOption portsOption = new PortsOption();

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (lasting != null && lasting.compareTo(SHORTEST) < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '--for': the day takes 150s at least");
        }
        var ports = portsOption.free();
        var until = lasting == null ? Instant.MAX : Instant.now().plus(lasting);
        var dataDir = Files.createTempDirectory("tocsin-demo");
        var lifecycle = new Lifecycle();
        lifecycle.onClose("data", () -> Folder.delete(dataDir));
        ServiceCommands.endWith(lifecycle);
        try {
            return play(lifecycle, dataDir, ports, until);
        } finally {
            lifecycle.close();
        }
    }

    private int play(Lifecycle lifecycle, Path dataDir, Ports ports, Instant until)
            throws Exception {
        say("starting Kafka (KRaft), the schema registry and the estate ...");
        var cluster = lifecycle.closing("cluster", new Cluster(dataDir, ports));
        var kafka = cluster.settings();
        say("Kafka " + kafka.bootstrapServers() + ", registry " + kafka.registryUrl());
        var estate = lifecycle.closing("estate", new Estate());
        var secret = secret();
        var receiver =
                lifecycle.closing(
                        "receiver",
                        new WebhookReceiver(
                                secret,
                                hook ->
                                        say(
                                                "   webhook  %s %s, signature verified"
                                                        .formatted(
                                                                hook.type(),
                                                                hook.body()
                                                                        .path("data")
                                                                        .path("name")
                                                                        .asText()))));
        var sink =
                lifecycle.closing(
                        "mail sink", new MailSink(mail -> say("   mail     " + mail.subject())));
        var config = ConfigOption.parse(config(dataDir, estate, receiver, secret, sink), Map.of());
        var applied = new Applied(config);
        applied.publish(kafka, true);
        var health = new Health();
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        lifecycle.closing(
                "pipeline",
                new Pipeline(
                        kafka,
                        dataDir,
                        Estate.REGIONS.stream()
                                .map(region -> AgentConfig.of(region, estate.hosts(region)))
                                .toList(),
                        NotifyConfig.from(config),
                        estate.secrets(),
                        health,
                        metrics));
        var spec = new StatusPage.Spec("127.0.0.1", ports.page(), "Demo provider");
        var page = lifecycle.closing("page", new StatusPage(kafka, spec, health, metrics));
        var events = new CopyOnWriteArrayList<IncidentEvent>();
        var done = new AtomicBoolean();
        var feed =
                Thread.ofPlatform()
                        .daemon()
                        .name("feed")
                        .start(() ->
                                IncidentFeed.read(
                                        kafka,
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
        var told = new Told(events, receiver, sink);
        var pageCheck = new PageCheck(page.port());
        var waits = new Waits(until, STEP, InstantSource.system(), Thread::sleep);
        try {
            waits.until("all parts to be ready", health::ready);
            say(
                    "%d checks in %d regions; status page http://127.0.0.1:%d/; watch it with: ./tocsin incidents --follow%s"
                            .formatted(
                                    applied.checks().size(),
                                    Estate.REGIONS.size(),
                                    page.port(),
                                    portsOption.given()));
            day(estate, told, pageCheck, waits, until.equals(Instant.MAX));
            waits.toTheEnd();
        } catch (Waits.DisturbedException e) {
            say("disturbed: " + e.getMessage());
            health.troubles().forEach((part, why) -> say("   " + part + ": " + why));
            new DemoSummary(told, pageCheck).print();
            return Exit.BAD;
        }
        return new DemoSummary(told, pageCheck).print() ? 0 : Exit.BAD;
    }

    /// @param forEver whether all of it runs on afterwards
    private static void day(Estate estate, Told told, PageCheck page, Waits waits, boolean forEver)
            throws Exception {
        var regions = List.of("us-east", "ap-south");
        waits.until("the page to be green", page::allFine);
        say("all well, as measured");
        waits.pause(Duration.ofSeconds(4));
        say("1. older messages cannot be read in us-east and ap-south");
        estate.fail(List.of("mail"), regions);
        waits.until(
                "the first incident to be told everywhere",
                () -> told.everywhere("mail-read-old", 1, "OPENED"));
        waits.pause(Duration.ofSeconds(3));
        say("2. the app store, messaging and video calls fail with it; eu-west sees no trouble");
        estate.fail(List.of("app-store", "messaging", "calls"), regions);
        waits.until(
                "the outage to name four services",
                () -> told.outage(1).map(o -> o.getServices().size() == 4).orElse(false));
        waits.until(
                "the page to name the outage and the region that is fine",
                () -> page.namesTheOutage(Estate.SERVICES, "eu-west"));
        say("   at its height, the status page: " + page.words());
        waits.pause(Duration.ofSeconds(5));
        say("   everything is healed");
        estate.heal();
        waits.until(
                "the end of the outage to be told everywhere",
                () ->
                        told.everywhere("outage:all", 1, "CLOSED")
                                && told.everywhere("mail-read-old", 1, "CLOSED"));
        waits.pause(Duration.ofSeconds(12));
        say("3. the second outage: messaging and video calls");
        estate.fail(List.of("messaging", "calls"), regions);
        waits.until(
                "the second outage to be told everywhere",
                () -> told.everywhere("outage:all", 2, "OPENED"));
        waits.pause(Duration.ofSeconds(3));
        say("   everything is healed");
        estate.heal();
        waits.until(
                "the end of the second outage to be told everywhere",
                () -> told.everywhere("outage:all", 2, "CLOSED"));
        say("the day is over" + (forEver ? "; everything runs on, Ctrl-C ends it" : ""));
    }

    private static String secret() {
        var random = new byte[32];
        new SecureRandom().nextBytes(random);
        return "whsec_" + Base64.getEncoder().encodeToString(random);
    }

    private static Path config(
            Path dir, Estate estate, WebhookReceiver receiver, String secret, MailSink sink)
            throws IOException {
        return Files.writeString(
                dir.resolve("demo.yaml"),
                estate.config()
                        + """
                        notify:
                          allow-networks: [127.0.0.0/8]
                          channels:
                            email: { smtp: "%s", from: tocsin@status.demo, starttls: false }
                          targets:
                            - { id: oncall, type: webhook, url: "%s", secret: "%s" }
                            - { id: team-mail, type: email, to: [team@status.demo] }
                          routes:
                            - { targets: [oncall, team-mail] }
                        """
                                .formatted(sink.url(), receiver.url(), secret));
    }

    private static void say(String line) {
        System.out.println(Instant.now().toString().substring(11, 19) + "  " + line);
    }
}
