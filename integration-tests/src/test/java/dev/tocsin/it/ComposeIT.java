package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.notifier.channel.WebhookSignature;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// `docker compose up` as a user has it: all healthy and green, a check added by saving the file, an outage that a webhook and a mail tell
/// of, a further region, each container started again, and down again. What the containers print is in `target/compose.log`.
@Isolated
@ExtendWith(NeedsDocker.class)
class ComposeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PORT = 19692;
    private static final Path ROOT = Path.of(System.getProperty("tocsin.home", ".."));
    private static final Duration START = Duration.ofMinutes(6);

    @TempDir Path dir = Path.of(".");

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1) // maildev hangs up on an offer of HTTP/2
                    .build();

    @Test
    void everyServiceHasAHealthCheckALimitAndAUserThatIsNotRoot() throws Exception {
        var services = config("--profile", "*");
        assertThat(services.size()).isEqualTo(14);
        for (var service : services.properties()) {
            var its = service.getValue();
            assertThat(its.path("healthcheck").path("test").size())
                    .as("health check of " + service.getKey())
                    .isPositive();
            assertThat(its.path("mem_limit").asLong())
                    .as("limit of " + service.getKey())
                    .isPositive();
            assertThat(its.path("user").asText("0"))
                    .as("user of " + service.getKey())
                    .isNotIn("", "0", "root");
            for (var port : its.path("ports")) {
                assertThat(port.path("host_ip").asText()).isEqualTo("127.0.0.1");
            }
            assertThat(its.path("restart").asText())
                    .as("what ends " + service.getKey() + " is followed by")
                    .isEqualTo("unless-stopped");
        }
    }

    @Test
    void oneServiceBuildsTheImageAndNoneAsksARegistryForIt() throws Exception {
        for (var profile : List.of("full", "agent-only")) {
            var builds = new ArrayList<String>();
            for (var service : config("--profile", profile).properties()) {
                var its = service.getValue();
                if (its.path("image").asText().startsWith("tocsin:")) {
                    assertThat(its.path("pull_policy").asText())
                            .as(service.getKey())
                            .isEqualTo("never");
                    if (its.has("build")) {
                        builds.add(service.getKey());
                    }
                }
            }
            assertThat(builds).as(profile).hasSize(1);
        }
    }

    @Test
    void aSecretReachesNobodyWhoDoesNotUseIt() throws Exception {
        var users = new TreeMap<String, List<String>>();
        for (var service : config("--profile", "*").properties()) {
            for (var name : List.of("ONCALL_URL", "ONCALL_SECRET", "TOCSIN_SECRET_MAIL")) {
                if (service.getValue().path("environment").has(name)) {
                    users.computeIfAbsent(name, _ -> new ArrayList<>()).add(service.getKey());
                }
            }
        }
        assertThat(users.get("ONCALL_URL")).containsExactly("notifier");
        assertThat(users.get("ONCALL_SECRET")).containsExactly("notifier");
        assertThat(users.get("TOCSIN_SECRET_MAIL"))
                .allMatch(name -> name.startsWith("agent"))
                .hasSize(4);
    }

    private JsonNode config(String... profile) throws Exception {
        var out = dir.resolve("config.json");
        var args = new ArrayList<>(List.of(profile));
        args.addAll(List.of("config", "--format", "json"));
        compose(Duration.ofMinutes(1), out, args.toArray(String[]::new));
        return JSON.readTree(Files.readString(out)).path("services");
    }

    @Test
    void anOutageIsSeenToldAndOver() throws Exception {
        for (var example : List.of("stack.yaml", "agent.yaml")) {
            Files.copy(ROOT.resolve("examples").resolve(example), dir.resolve(example));
        }
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        edit("    # - { id: oncall", "    - { id: oncall");
        edit("  # allow-networks:", "  allow-networks:");
        edit("{ targets: [team] }", "{ targets: [team, oncall] }");
        try {
            compose(
                    START.multipliedBy(2),
                    null,
                    "up",
                    "--detach",
                    "--wait",
                    "--wait-timeout",
                    "660");
            await("a green page")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> page().path("status").asText().equals("operational"));
            assertThat(regions("mail")).containsExactly("ap-south", "eu-west", "us-east");

            // The user adds a check, and another region, by saving the file.
            edit(
                    "checks:\n",
                    """
                    checks:
                      - id: shop
                        name: Shop
                        url: http://shop:8000/
                        interval: 1s
                        timeout: 1s
                        regions: [us-east, eu-west, ap-south, sa-east]
                    """);
            for (var block : HowTo.blocks(ROOT.resolve("docs/how-to/deploy-an-agent.md"))) {
                if (block.kind().equals("bash docker")) {
                    run(
                            Duration.ofMinutes(2),
                            null,
                            "bash",
                            "-euc",
                            block.text()
                                    .replace("broker.example.com:9092", "kafka:19092")
                                    .replace(
                                            "https://registry.example.com",
                                            "http://registry:8080"));
                }
            }
            await("the new check from the new region, too")
                    .atMost(Duration.ofMinutes(1))
                    .until(() ->
                            regions("shop")
                                            .equals(
                                                    List.of(
                                                            "ap-south",
                                                            "eu-west",
                                                            "sa-east",
                                                            "us-east"))
                                    && status("shop").equals("operational"));

            // A mistake changes nothing, and says what and where it is.
            var good = Files.readString(dir.resolve("stack.yaml"));
            edit("checks:\n", "checks:\n  - { id: typo, url: htp://shop }\n");
            var said = dir.resolve("said");
            await("the mistake is named")
                    .atMost(Duration.ofMinutes(1))
                    .until(() ->
                            exit(
                                                    Duration.ofMinutes(1),
                                                    said,
                                                    "docker",
                                                    "compose",
                                                    "exec",
                                                    "-T",
                                                    "apply",
                                                    "/opt/tocsin/bin/ready",
                                                    "9105")
                                            != 0
                                    && Files.readString(said).contains("stack.yaml:"));
            assertThat(Files.readString(said)).contains("checks[0].url");
            assertThat(status("shop")).isEqualTo("operational");
            Files.writeString(dir.resolve("stack.yaml"), good);

            compose(Duration.ofMinutes(1), null, "stop", "shop");
            await("an outage on the page")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> status("shop").equals("major_outage"));
            await("told by webhook")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> hooks().contains("OPENED"));
            await("told by mail").atMost(Duration.ofMinutes(1)).until(() -> subject("DOWN"));

            compose(Duration.ofMinutes(1), null, "start", "shop");
            await("the end told by webhook")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> hooks().contains("CLOSED"));
            await("the end told by mail")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> subject("RECOVERED"));
            await("a green page again")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> page().path("status").asText().equals("operational"));
            eachContainerMayBeRestarted();
            System.out.println("compose: webhooks " + hooks() + ", mails " + mails());
        } finally {
            compose(Duration.ofMinutes(1), Path.of("target", "compose.log"), "logs", "--no-color");
            compose(
                    Duration.ofMinutes(2),
                    null,
                    "--profile",
                    "*",
                    "down",
                    "--volumes",
                    "--timeout",
                    "20");
        }
    }

    /// Told to (Kafka's log is formatted already then), and when it ended by itself.
    private void eachContainerMayBeRestarted() throws Exception {
        compose(Duration.ofMinutes(5), null, "restart", "--timeout", "20");
        // Whoever waits for Kafka is unhealthy meanwhile, and compose waits no longer for one that
        // is.
        await("all are healthy again")
                .atMost(START)
                .until(() ->
                        exit(
                                        START,
                                        null,
                                        "docker",
                                        "compose",
                                        "up",
                                        "--detach",
                                        "--no-build",
                                        "--wait",
                                        "--wait-timeout",
                                        "300")
                                == 0);
        compose(Duration.ofMinutes(1), null, "exec", "-T", "streams-1", "bash", "-c", "kill 1");
        compose(Duration.ofMinutes(1), null, "exec", "-T", "notifier", "bash", "-c", "kill 1");
        for (var service : List.of("streams-1", "notifier")) {
            var inspected = dir.resolve("inspected");
            await(service + " is started again")
                    .atMost(Duration.ofMinutes(2))
                    .until(() ->
                            exit(
                                                    Duration.ofMinutes(1),
                                                    inspected,
                                                    "docker",
                                                    "inspect",
                                                    "--format",
                                                    "{{.RestartCount}} {{.State.Health.Status}}",
                                                    "tocsin-smoke-" + service + "-1")
                                            == 0
                                    && Files.readString(inspected)
                                            .strip()
                                            .matches("[1-9][0-9]* healthy"));
        }
        await("a green page after all were restarted")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() ->
                        assertThat(page().path("status").asText())
                                .as(() -> pageAsIs())
                                .isEqualTo("operational"));
    }

    private void edit(String what, String by) throws IOException {
        var file = dir.resolve("stack.yaml");
        var text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replace(what, by));
    }

    private JsonNode page() throws Exception {
        return get(PORT + 2, "/api/v1/status.json");
    }

    /// In so few words that a report has them.
    private String pageAsIs() {
        try {
            var page = page();
            var words = new StringBuilder("decided " + page.path("decided_at").asText());
            for (var service : page.path("services")) {
                words.append("; ").append(service.path("id").asText()).append(' ');
                words.append(service.path("status").asText()).append(' ');
                words.append(service.path("unknown").asText()).append(' ');
                words.append(service.path("regions"));
            }
            for (var incident : page.path("incidents")) {
                words.append("; ").append(incident.path("name").asText()).append(' ');
                words.append(incident.path("status").asText()).append(' ');
                words.append(incident.path("lines").path(0).path("text").asText());
            }
            return words.toString();
        } catch (Exception e) {
            return e.toString();
        }
    }

    private JsonNode service(String id) throws Exception {
        return StreamSupport.stream(page().path("services").spliterator(), false)
                .filter(service -> service.path("id").asText().equals(id))
                .findFirst()
                .orElse(JSON.createObjectNode());
    }

    private String status(String service) throws Exception {
        return service(service).path("status").asText();
    }

    private List<String> regions(String service) throws Exception {
        var regions = new ArrayList<String>();
        service(service).path("regions").forEach(region -> regions.add(region.path("id").asText()));
        return regions;
    }

    /// Types of the events that came by webhook, their signatures verified.
    private List<String> hooks() throws Exception {
        var types = new ArrayList<String>();
        var signature = new WebhookSignature(PipelineScenario.SECRET);
        for (var hook : get(PORT + 4, "/")) {
            var headers = hook.path("headers");
            var body = hook.path("body").asText();
            assertThat(
                            signature.verify(
                                    headers.path("webhook-signature").asText(),
                                    headers.path("webhook-id").asText(),
                                    Instant.ofEpochSecond(
                                            headers.path("webhook-timestamp").asLong()),
                                    body.getBytes(StandardCharsets.UTF_8)))
                    .isTrue();
            types.add(
                    JSON.readTree(body)
                            .path("type")
                            .asText()
                            .replaceFirst(".*\\.", "")
                            .toUpperCase(Locale.ROOT));
        }
        return types;
    }

    /// Subjects, in the order that they came.
    private List<String> mails() throws Exception {
        var subjects = new ArrayList<String>();
        get(PORT + 3, "/email").forEach(mail -> subjects.add(mail.path("subject").asText()));
        return subjects;
    }

    private boolean subject(String first) throws Exception {
        return mails().contains(first + ": Shop");
    }

    private JsonNode get(int port, String path) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    private void compose(Duration limit, @Nullable Path out, String... args) throws Exception {
        var command = new ArrayList<>(List.of("docker", "compose"));
        command.addAll(List.of(args));
        run(limit, out, command.toArray(String[]::new));
    }

    private void run(Duration limit, @Nullable Path out, String... command) throws Exception {
        int code = exit(limit, out, command);
        assertThat(code)
                .as(String.join(" ", command) + "\n" + Files.readString(dir.resolve("compose.out")))
                .isZero();
    }

    private int exit(Duration limit, @Nullable Path out, String... command) throws Exception {
        var builder = new ProcessBuilder(command);
        builder.environment()
                .putAll(
                        Map.of(
                                "KAFKA_PORT", "" + PORT,
                                "REGISTRY_PORT", "" + (PORT + 1),
                                "PAGE_PORT", "" + (PORT + 2),
                                "MAIL_PORT", "" + (PORT + 3),
                                "HOOKS_PORT", "" + (PORT + 4),
                                "ONCALL_URL", "http://hooks:8000/",
                                "ONCALL_SECRET", PipelineScenario.SECRET,
                                "TOCSIN_CONFIG_DIR", dir.toAbsolutePath().toString(),
                                "COMPOSE_PROJECT_NAME", "tocsin-smoke",
                                "COMPOSE_FILE",
                                        ROOT.resolve("docker-compose.yml").toAbsolutePath()
                                                + ":"
                                                + Path.of("src/test/resources/compose/smoke.yml")
                                                        .toAbsolutePath()));
        var log = dir.resolve("compose.out");
        builder.redirectError(log.toFile());
        builder.redirectOutput(out == null ? dir.resolve("compose.std").toFile() : out.toFile());
        var process = builder.start();
        try {
            assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS))
                    .as("done within " + limit + ": " + String.join(" ", command))
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
