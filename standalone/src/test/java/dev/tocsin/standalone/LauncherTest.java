package dev.tocsin.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.standalone.embedded.EmbeddedRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How the JVMs are started: with a Java that says its arguments and does nothing.
class LauncherTest {
    private static final Path SOURCES = Path.of("..");
    private static final String ENDS = "-XX:+ExitOnOutOfMemoryError";

    @TempDir Path home = Path.of(".");

    private void write(String file, String text) throws IOException {
        var path = home.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> started(String script, String jdk, String command) throws Exception {
        write(jdk + "/bin/java", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        var builder = new ProcessBuilder(home.resolve(script).toString(), command);
        builder.environment().put("JAVA_HOME", home.resolve(jdk).toString());
        builder.environment().remove("TOCSIN_JAVA_OPTS");
        var process = builder.redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines().toList();
    }

    private static void endsWithItsMemory(List<String> arguments, String command) {
        assertThat(arguments).contains(ENDS).endsWith("dev.tocsin.standalone.Tocsin", command);
        assertThat(arguments.indexOf(ENDS)).isLessThan(arguments.indexOf("-cp"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"up", "demo", "agent", "streams", "notifier", "status-page", "apply", "ack"})
    void aProcessThatHasNoMemoryLeftEnds(String command) throws Exception {
        write("tocsin", Files.readString(SOURCES.resolve("tocsin")));
        write("pom.xml", "");
        write("standalone/pom.xml", "");
        write("standalone/src/main/x", "");
        write("standalone/target/built", "");
        Files.setLastModifiedTime(
                home.resolve("standalone/target/built"),
                FileTime.from(Instant.now().plusSeconds(60)));
        write("jdk/bin/javac", "");
        write("jdk/release", "JAVA_VERSION=\"25.0.1\"\n");
        var arguments = started("tocsin", "jdk", command);
        endsWithItsMemory(arguments, command);
        assertThat(arguments.contains("-Xmx512m"))
                .isEqualTo(command.equals("up") || command.equals("demo"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "streams", "notifier", "status-page"})
    void alsoThatOfADistribution(String command) throws Exception {
        write("bin/tocsin", Files.readString(SOURCES.resolve("dist/src/bin/tocsin")));
        write("lib/tocsin.jar", "");
        endsWithItsMemory(started("bin/tocsin", "runtime", command), command);
    }

    @Test
    void alsoTheEmbeddedRegistry() {
        assertThat(EmbeddedRegistry.command(home, 1, "classes")).contains(ENDS);
    }
}
