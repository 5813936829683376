package dev.tocsin.it;

import dev.tocsin.service.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// One service as a process of its own, that can be killed as a crash or the kernel does, and started again. What it prints is
/// in `target/processes`.
final class ServiceProcess implements AutoCloseable {
    private final String command;
    private final Path dir;
    private final Path config;
    private final Path log;
    private Process process;
    private int starts;

    /// @param command `agent`, `streams` or `notifier`
    /// @param more sections of its configuration beside `kafka:` and `admin:`
    ServiceProcess(String command, KafkaSettings kafka, Path dir, String more) throws IOException {
        this.command = command;
        this.dir = dir;
        var properties =
                kafka.properties().entrySet().stream()
                        .map(entry -> "  %s: \"%s\"\n".formatted(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining());
        config =
                Files.writeString(
                        dir.resolve(command + ".yaml"),
                        "kafka:\n" + properties + "admin: { port: 0 }\n" + more);
        log =
                Files.createDirectories(Path.of("target", "processes"))
                        .resolve(kafka.topicPrefix() + command + ".log");
        Files.deleteIfExists(log); // of an earlier run
        process = start();
    }

    private Process start() throws IOException {
        starts++;
        var builder =
                new ProcessBuilder(
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
                        config.toString());
        builder.directory(dir.toFile()).redirectErrorStream(true);
        return builder.redirectOutput(
                        ProcessBuilder.Redirect.appendTo(log.toAbsolutePath().toFile()))
                .start();
    }

    /// SIGKILL: nothing in it gets to finish anything.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void restart() throws IOException {
        process = start();
    }

    int starts() {
        return starts;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
