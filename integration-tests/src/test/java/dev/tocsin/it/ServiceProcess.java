package dev.tocsin.it;

import dev.tocsin.service.KafkaSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// One service as a process of its own, that can be killed as a crash or the kernel does, stopped for a while, and started again. What it prints is in
/// `target/processes`. Its configuration may say `${TOCSIN_START}`: its name, and which start of it this is.
final class ServiceProcess implements AutoCloseable {
    private static final Pattern HEALTH = Pattern.compile("running; health on port (\\d+)");
    private static final Duration ANSWERS_IN = Duration.ofSeconds(2);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(ANSWERS_IN).build();

    private final String command;
    private final String name;
    private final List<String> options;
    private final Map<String, String> environment;
    private final Path dir;
    private final Path config;
    private final Path log;
    private Process process;
    private int starts;
    private long logBefore;

    /// @param command `agent`, `streams` or `notifier`
    /// @param more sections of its configuration beside `kafka:` and `admin:`
    ServiceProcess(String command, KafkaSettings kafka, Path dir, String more) throws IOException {
        this(command, command, kafka, dir, more, List.of());
    }

    /// @param name of its configuration and its log, among its like
    /// @param options of the command line
    ServiceProcess(
            String command,
            String name,
            KafkaSettings kafka,
            Path dir,
            String more,
            List<String> options)
            throws IOException {
        this(command, name, kafka, dir, more, options, Map.of());
    }

    /// @param environment beside what it inherits
    ServiceProcess(
            String command,
            String name,
            KafkaSettings kafka,
            Path dir,
            String more,
            List<String> options,
            Map<String, String> environment)
            throws IOException {
        this.command = command;
        this.name = name;
        this.options = options;
        this.environment = environment;
        this.dir = dir;
        config =
                Files.writeString(
                        dir.resolve(name + ".yaml"),
                        SharedCluster.section(kafka) + "admin: { port: 0 }\n" + more);
        log =
                Files.createDirectories(Path.of("target", "processes"))
                        .resolve(kafka.topicPrefix() + name + ".log");
        Files.deleteIfExists(log); // of an earlier run
        process = start();
    }

    private Process start() throws IOException {
        starts++;
        logBefore = Files.exists(log) ? Files.size(log) : 0;
        var line = new ArrayList<String>();
        line.addAll(
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        Path.of(System.getProperty("tocsin.home"), "standalone", "target", "lib")
                                + "/*",
                        "dev.tocsin.standalone.Tocsin",
                        command,
                        "-f",
                        config.toString()));
        line.addAll(options);
        var builder = new ProcessBuilder(line);
        builder.environment().putAll(environment);
        builder.environment().put("TOCSIN_START", name + "-" + starts);
        builder.directory(dir.toFile()).redirectErrorStream(true);
        return builder.redirectOutput(
                        ProcessBuilder.Redirect.appendTo(log.toAbsolutePath().toFile()))
                .start();
    }

    /// SIGKILL: nothing in it gets to finish anything.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// SIGTERM, and waits for its end.
    void stop() throws InterruptedException {
        close();
    }

    /// SIGSTOP: nothing in it goes on, and nobody is told.
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /// SIGCONT.
    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int status =
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + ": " + status);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    String name() {
        return name;
    }

    /// What it printed since this start.
    String printed() throws IOException {
        var all = Files.readAllBytes(log);
        return new String(
                all, (int) logBefore, all.length - (int) logBefore, StandardCharsets.UTF_8);
    }

    /// Whether it says that it can work.
    boolean ready() throws IOException, InterruptedException {
        return says("ready").statusCode() == 200;
    }

    /// What it answers; 503 while it does not yet.
    ///
    /// @param of `health` or `ready`
    Answer says(String of) throws IOException, InterruptedException {
        var port = HEALTH.matcher(printed());
        if (!port.find()) {
            return new Answer(503, "not started");
        }
        var uri = URI.create("http://127.0.0.1:" + port.group(1) + "/" + of);
        try {
            var answer =
                    HTTP.send(
                            HttpRequest.newBuilder(uri).timeout(ANSWERS_IN).build(),
                            HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (HttpTimeoutException | ConnectException e) {
            return new Answer(503, e.toString());
        }
    }

    record Answer(int statusCode, String body) {}

    /// Waits until it has ended by itself.
    ///
    /// @return its exit code
    int exits(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + " still runs after " + limit);
        }
        return process.exitValue();
    }

    void restart() throws IOException {
        process = start();
    }

    int starts() {
        return starts;
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            try {
                goOn(); // stopped, it could not end
            } catch (IOException e) {
                process.destroyForcibly().waitFor();
            }
        }
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
