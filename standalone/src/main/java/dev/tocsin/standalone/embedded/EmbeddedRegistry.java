package dev.tocsin.standalone.embedded;

import dev.tocsin.schemas.serde.RegistryUnavailableException;
import dev.tocsin.schemas.serde.SchemaRegistry;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Apicurio Registry as a child process on loopback, its data in a file beside Kafka's. It ends with this process, however that ends.
public final class EmbeddedRegistry implements AutoCloseable {
    private static final String MAIN = "io.quarkus.bootstrap.runner.QuarkusEntryPoint";
    private static final Duration START = Duration.ofSeconds(90);
    private final Process process;
    private final String url;
    private final Path log;

    /// Starts it, and returns at once; [#await] waits.
    public EmbeddedRegistry(Path dir, int port) throws IOException {
        var home = home();
        Files.createDirectories(dir);
        log = dir.resolve("registry.log");
        url = "http://127.0.0.1:" + port + "/apis/ccompat/v7";
        process =
                new ProcessBuilder(command(dir, port, ours()))
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        // Also when nobody gets to close this, and sooner than the child would see it. Stays, since
        // a
        // hook cannot be removed while others run; to end what has ended does nothing.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    }

    /// What starts it.
    public static List<String> command(Path dir, int port, String ours) {
        return List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + (port + 1),
                "-Dapicurio.datasource.url=jdbc:h2:file:"
                        + dir.resolve("registry").toAbsolutePath(),
                "-Dapicurio.datasource.jdbc.initial-size=2",
                "-Dapicurio.datasource.jdbc.min-size=2",
                "-Dapicurio.datasource.jdbc.max-size=10",
                "--add-opens=java.base/java.lang=ALL-UNNAMED", // as its manifest says
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                "quarkus-run.jar" + File.pathSeparator + ours,
                WithParent.class.getName(),
                Long.toString(ProcessHandle.current().pid()),
                MAIN);
    }

    /// Where [WithParent] is.
    private static String ours() throws IOException {
        try {
            return Path.of(
                            WithParent.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /// Where the build unpacked it.
    private static Path home() throws IOException {
        var root =
                Path.of(System.getProperty("tocsin.home", "."), "standalone", "target", "registry");
        if (!Files.isDirectory(root)) {
            throw new IOException(
                    "no embedded cluster here (a distribution has none): use a cluster of your own, docker compose, or a"
                            + " clone of the sources");
        }
        try (var found = Files.walk(root, 3)) {
            var jar =
                    found.filter(f -> f.endsWith("quarkus-run.jar"))
                            .findFirst()
                            .orElseThrow(() ->
                                    new IOException(
                                            "no registry under "
                                                    + root
                                                    + "; build with: mvn -Dquick package"));
            return jar.toAbsolutePath().resolveSibling("");
        }
    }

    /// @throws IOException when it ends, or is not ready within 90 s
    public void await() throws IOException, InterruptedException {
        try (var registry = new SchemaRegistry(Map.of("schema.registry.url", url))) {
            await(registry);
        }
    }

    private void await(SchemaRegistry registry) throws IOException, InterruptedException {
        for (var until = Instant.now().plus(START); Instant.now().isBefore(until); ) {
            if (!process.isAlive()) {
                throw new IOException(
                        "the schema registry ended with " + process.exitValue() + "; see " + log);
            }
            try {
                registry.check();
                return;
            } catch (RegistryUnavailableException e) {
                process.waitFor(200, TimeUnit.MILLISECONDS);
            }
        }
        throw new IOException(
                "the schema registry was not ready within " + START.toSeconds() + " s; see " + log);
    }

    public String url() {
        return url;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
