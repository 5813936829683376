package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
    @TempDir Path dir = Path.of(".");

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void foldersAndFilesAreTheUsersOwn() throws IOException {
        var made = PrivateFiles.directory(dir.resolve("a/b"));
        assertThat(rights(made)).isEqualTo("rwx------");
        assertThat(rights(dir.resolve("a"))).isEqualTo("rwx------");
        var file = made.resolve("f");
        PrivateFiles.replace(file, "one".getBytes(StandardCharsets.UTF_8));
        PrivateFiles.replace(file, "two".getBytes(StandardCharsets.UTF_8));
        assertThat(file).hasContent("two");
        assertThat(rights(file)).isEqualTo("rw-------");
    }

    @Test
    void whatAnOlderVersionMadeForAllIsNarrowed() throws IOException {
        var old = Files.createDirectory(dir.resolve("old"));
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
        PrivateFiles.directory(old);
        assertThat(rights(old)).isEqualTo("rwx------");
    }
}
