package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirOptionTest {
    @TempDir Path home = Path.of(".");

    @Test
    void whatAProcessKeepsOnlyItsUserCanRead() throws IOException {
        var data = new DataDirOption();
        data.dir = home.resolve("data");
        var made = data.of("streams-1");
        assertThat(made).isEqualTo(home.resolve("data/streams-1"));
        assertThat(rights(made)).isEqualTo("rwx------");
        assertThat(rights(data.dir)).isEqualTo("rwx------");
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(rights(data.of("streams-1"))).as("of an older build").isEqualTo("rwx------");
    }

    private static String rights(Path dir) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(dir));
    }
}
