package dev.tocsin.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.standalone.command.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The units of systemd start a service again as docs/how-to/operate.md says: for ever, but where that does not help.
class UnitsTest {
    static Stream<Path> units() throws IOException {
        try (var files = Files.list(Path.of("../dist/src/systemd"))) {
            var units = files.filter(file -> file.toString().endsWith(".service")).toList();
            assertThat(units).isNotEmpty();
            return units.stream();
        }
    }

    /// Section and key, as `Service.Restart`, to the value.
    private static Map<String, String> read(Path unit) throws IOException {
        var settings = new HashMap<String, String>();
        var section = "";
        for (var line : Files.readAllLines(unit)) {
            if (line.startsWith("[")) {
                section = line.substring(1, line.indexOf(']'));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                var both = line.split("=", 2);
                assertThat(settings.put(section + "." + both[0], both[1]))
                        .as("%s %s is there twice", unit, both[0])
                        .isNull();
            }
        }
        return settings;
    }

    @ParameterizedTest
    @MethodSource("units")
    void aServiceIsStartedAgainForEverButWhereThatDoesNotHelp(Path unit) throws IOException {
        var settings = read(unit);
        assertThat(settings)
                .containsEntry("Service.Restart", "always")
                .containsEntry("Unit.StartLimitIntervalSec", "0")
                .containsKey("Service.RestartSec");
        assertThat(Arrays.asList(codes(settings, "Service.RestartPreventExitStatus")))
                .contains(Integer.toString(Exit.REFUSED))
                .doesNotContain(Integer.toString(Exit.GAVE_UP));
        assertThat(codes(settings, "Service.SuccessExitStatus"))
                .as("as a JVM ends that is told to")
                .containsExactly("143");
    }

    private static String[] codes(Map<String, String> settings, String key) {
        return settings.getOrDefault(key, "").split(" ");
    }
}
