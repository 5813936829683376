package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Lifecycle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirOptionTest {
    @TempDir Path home = Path.of(".");

    private final DataDirOption data = new DataDirOption();
    private final Lifecycle lifecycle = new Lifecycle();

    @AfterEach
    void end() {
        lifecycle.close();
    }

    /// Of two agents of one id, say, that are given one folder.
    @Test
    void aFolderIsOneProcesssUntilThatEnds() throws Exception {
        data.dir = home.resolve("data");
        try (var first = new Lifecycle()) {
            var _ = data.of("agent-us-1", first);
            assertThatThrownBy(() -> data.of("agent-us-1", lifecycle))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith(
                            home.resolve("data/agent-us-1") + " is in use by process ")
                    .hasMessageContaining("--data-dir");
            var _ = data.of("agent-us-2", lifecycle);
        }
        var _ = data.of("agent-us-1", lifecycle);
    }

    /// As with a disk that is full: an agent measures all the same.
    @Test
    void whatCannotBeLockedIsUsedUnlocked() throws IOException {
        data.dir = home.resolve("data");
        Files.createDirectories(data.dir.resolve("agent-us-1/lock"));
        assertThat(data.of("agent-us-1", lifecycle)).isDirectory();
    }

    @Test
    void whatAProcessKeepsOnlyItsUserCanRead() throws IOException {
        data.dir = home.resolve("data");
        Path made;
        try (var older = new Lifecycle()) {
            made = data.of("streams-1", older);
        }
        assertThat(made).isEqualTo(home.resolve("data/streams-1"));
        assertThat(rights(made)).isEqualTo("rwx------");
        assertThat(rights(data.dir)).isEqualTo("rwx------");
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(rights(data.of("streams-1", lifecycle)))
                .as("of an older build")
                .isEqualTo("rwx------");
    }

    private static String rights(Path dir) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(dir));
    }
}
