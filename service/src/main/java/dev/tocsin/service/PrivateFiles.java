package dev.tocsin.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Files that only the process's own user can read: what targets answer stands in them.
public final class PrivateFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFiles() {}

    /// Makes the folder and those above it that are missing, 0700; takes the rights of others away from one that is there.
    public static Path directory(Path dir) throws IOException {
        Files.createDirectories(dir, rights("rwx------"));
        narrow(dir, "rwx------");
        return dir;
    }

    /// Opens a file, 0600 whether it is new or was there.
    public static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
        var channel = FileChannel.open(file, EnumSet.copyOf(Set.of(options)), rights("rw-------"));
        narrow(file, "rw-------");
        return channel;
    }

    /// Writes a new file beside it, forces it to the disk and puts it in its place, in one step: a full disk costs nothing of what was there.
    public static void replace(Path file, byte[] content) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        try (var channel =
                open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        }
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static FileAttribute<?>[] rights(String rights) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
                }
                : new FileAttribute<?>[0];
    }

    private static void narrow(Path path, String rights) throws IOException {
        var wanted = PosixFilePermissions.fromString(rights);
        if (!POSIX || Files.getPosixFilePermissions(path).equals(wanted)) {
            return;
        }
        try {
            Files.setPosixFilePermissions(path, wanted);
        } catch (IOException e) {
            // Somebody else's, as a mounted folder can be: it works all the same.
            LOG.atWarn()
                    .addKeyValue("path", path)
                    .addKeyValue("why", e.toString())
                    .log("others may read it");
        }
    }
}
