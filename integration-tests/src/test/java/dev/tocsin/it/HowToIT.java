package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.demo.MailSink;
import dev.tocsin.standalone.demo.WebhookReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Does what the how-to pages say, word for word but for the addresses of what they assume to be there, one page after the other, in a copy of
/// the sources and against a cluster that wants TLS, SASL and rights. What was run and printed is in `target/how-to`.
@ExtendWith(SharedCluster.class)
class HowToIT {
    private static final Path ROOT =
            Path.of(System.getProperty("tocsin.home", "..")).toAbsolutePath().normalize();
    private static final Path PAGES = ROOT.resolve("docs/how-to");
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir Path dir = Path.of(".");

    private final List<Process> services = new ArrayList<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private Path logs = Path.of(".");
    private Path sources = Path.of(".");

    @Test
    void thePagesDoWhatTheySay(KafkaSettings plain) throws Exception {
        logs = Files.createDirectories(Path.of("target", "how-to").toAbsolutePath());
        sources = dir.resolve("tocsin");
        sh(
                dir,
                "mkdir tocsin && cd '%s' && git ls-files -z --cached --others --exclude-standard | tar --null -T - --ignore-failed-read -c | tar -C '%s' -x"
                        .formatted(ROOT, sources),
                "copy");
        var fails = new AtomicBoolean();
        try (var cluster = new SecuredCluster(dir, 19592, plain.registryUrl(), "tocsin.");
                var shop = new Target(0, (int _) -> fails.get() ? 500 : 200);
                var mail = new MailSink(_ -> {});
                var hooks = new WebhookReceiver(PipelineScenario.SECRET, _ -> {})) {
            addresses.put("broker.example.com:9093", cluster.bootstrapServers());
            addresses.put("https://registry.example.com/apis/ccompat/v7", cluster.registryUrl());
            addresses.put("/etc/ssl/kafka-ca.pem", cluster.ca().toString());
            addresses.put("https://shop.example.com/", shop.url());
            addresses.put("https://hooks.example.com/tocsin", hooks.url());
            addresses.put("10.20.0.0/16", "127.0.0.0/8");
            addresses.put(
                    "\"smtp://mail.example.com:587\"", "\"" + mail.url() + "\", starttls: false");
            addresses.put("/etc/tocsin", dir.resolve("etc").toString());
            addresses.put("/var/lib/tocsin-agent", dir.resolve("lib").toString());
            addresses.put("/opt/tocsin", dir.resolve("opt/tocsin").toString());
            addresses.put("-C /opt ", "-C " + dir.resolve("opt") + " ");
            Files.createDirectories(dir.resolve("opt"));
            try {
                follow("run-on-an-existing-cluster.md");
                follow("deploy-an-agent.md");
                var unit = Files.readString(dir.resolve("opt/tocsin/systemd/tocsin-agent.service"));
                Files.writeString(sources.resolve("tocsin-agent.service"), here(unit));
                sh(
                        sources,
                        """
                        if command -v systemd-analyze; then systemd-analyze verify ./tocsin-agent.service
                        else echo "no systemd here: its unit is not verified"; fi
                        """,
                        "deploy-an-agent");
                follow("get-alerts.md");
                await("the shop is seen").atMost(LIMIT).until(() -> shop.webhookIds().size() > 10);
                fails.set(true);
                await("a webhook").atMost(LIMIT).until(() -> !hooks.received().isEmpty());
                await("a mail").atMost(LIMIT).until(() -> !mail.mails().isEmpty());
                follow("subscribe-to-incidents.md");
                assertThat(hooks.refused()).isEmpty();
                assertThat(Files.readString(logs.resolve("subscribe-to-incidents.log")))
                        .contains("OPENED", "\"incident_id\"");
            } finally {
                services.reversed().forEach(Process::destroy);
                for (var service : services) {
                    if (!service.waitFor(20, TimeUnit.SECONDS)) {
                        service.destroyForcibly().waitFor();
                    }
                }
            }
        }
    }

    private void follow(String page) throws Exception {
        var name = page.replace(".md", "");
        int service = 0;
        for (var block : HowTo.blocks(PAGES.resolve(page))) {
            if (!block.file().isEmpty()) {
                var file = sources.resolve(here(block.file()));
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, here(block.text()));
            } else if (block.kind().equals("bash")) {
                sh(sources, here(block.text()), name);
            } else if (block.kind().equals("bash service")) {
                start(here(block.text()), name + "-service-" + ++service);
            }
        }
    }

    /// With this machine's addresses.
    private String here(String text) {
        var here = text;
        for (var address : addresses.entrySet()) {
            here = here.replace(address.getKey(), address.getValue());
        }
        assertThat(here).doesNotContain("example.com:").doesNotContain("https://shop.");
        return here;
    }

    private ProcessBuilder bash(Path in, String commands, Path log) {
        var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-x", "-c", commands);
        builder.directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment()
                .putAll(
                        Map.of(
                                "KAFKA_PASSWORD", SecuredCluster.PASSWORD,
                                "REGISTRY_PASSWORD", SecuredCluster.PASSWORD,
                                "ONCALL_SECRET", PipelineScenario.SECRET));
        return builder;
    }

    private void sh(Path in, String commands, String name) throws Exception {
        var log = logs.resolve(name + ".log");
        var process = bash(in, commands, log).start();
        assertThat(process.waitFor(8, TimeUnit.MINUTES)).as(commands).isTrue();
        assertThat(process.exitValue()).as(commands + "\n" + tail(log)).isZero();
    }

    private void start(String command, String name) throws Exception {
        var log = logs.resolve(name + ".log");
        Files.deleteIfExists(log);
        var process = bash(sources, "exec " + command, log).start();
        services.add(process);
        await(command)
                .atMost(LIMIT)
                .until(() -> !process.isAlive() || Files.readString(log).contains("running;"));
        assertThat(process.isAlive()).as(command + "\n" + tail(log)).isTrue();
    }

    private static String tail(Path log) {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
