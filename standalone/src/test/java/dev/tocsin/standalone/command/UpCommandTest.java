package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.ConfigFile;
import dev.tocsin.standalone.embedded.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpCommandTest {
    @TempDir Path dir = Path.of(".");

    private Path file(String yaml) throws IOException {
        return Files.writeString(dir.resolve("up.yaml"), yaml);
    }

    @Test
    void whatIsNotUsedIsSaid() throws IOException {
        var file = file("kafka: { a: b }\nagent: { region: eu }\nadmin: { port: 1 }\nchecks: []\n");
        ConfigFile config = ConfigOption.parse(file, Map.of());
        assertThat(UpCommand.notUsed(config))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("admin: is not used by up: "),
                        line -> assertThat(line).startsWith("agent: is not used by up: "),
                        line -> assertThat(line).startsWith("kafka: is not used by up: "));
    }

    @Test
    void aFolderThatIsInUseIsLeftAloneAndItsHolderNamed() throws IOException {
        try (var _ = new FolderLock(dir.resolve("data"))) {
            var ran =
                    Ran.of(
                            "up",
                            "-f",
                            file("checks: []\n").toString(),
                            "--data-dir",
                            dir.resolve("data").toString());
            assertThat(ran.code()).isEqualTo(Exit.BAD);
            assertThat(ran.out())
                    .contains("is in use by process " + ProcessHandle.current().pid())
                    .doesNotContain("starting Kafka", "\tat ");
        }
    }

    @Test
    void itsHelpSaysThatNobodyElsewhereCanJoin() {
        assertThat(Ran.of("up", "--help").out()).contains("loopback alone", "docker-compose.yml");
    }
}
