package dev.tocsin.standalone.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir Path dir = Path.of(".");

    @Test
    void aSecondIsToldWhoHasItAndTouchesNothing() throws IOException {
        try (var _ = new FolderLock(dir)) {
            var before = Files.readString(dir.resolve("lock"));
            assertThatThrownBy(() -> new FolderLock(dir))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(
                            "is in use by process " + ProcessHandle.current().pid() + ", since ")
                    .hasMessageContaining("--data-dir");
            assertThat(Files.readString(dir.resolve("lock"))).isEqualTo(before);
        }
    }

    @Test
    void whatWasLeftBehindIsTaken() throws IOException {
        Files.writeString(
                dir.resolve("lock"),
                "process 1, since long ago, and a longer line than ours will be");
        new FolderLock(dir).close();
        try (var _ = new FolderLock(dir)) {
            assertThat(Files.readString(dir.resolve("lock")))
                    .startsWith("process " + ProcessHandle.current().pid() + ", since 2")
                    .doesNotContain("longer line");
        }
    }
}
