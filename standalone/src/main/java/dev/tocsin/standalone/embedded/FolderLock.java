package dev.tocsin.standalone.embedded;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A data folder is one process's: two brokers in one destroy its logs. The kernel's lock, so that it ends with the process, also by `kill -9`.
public final class FolderLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
    private static final int SHOWN = 200;

    private final FileChannel channel;

    /// @throws ConfigException when another process has it, saying which; nothing of it is touched
    /// @throws IOException when the folder cannot be made or written
    public FolderLock(Path folder) throws IOException {
        channel =
                PrivateFiles.open(
                        PrivateFiles.directory(folder).resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        if (!locked()) {
            var holder = holder();
            channel.close();
            throw new ConfigException(
                    folder
                            + " is in use by "
                            + (holder.isBlank() ? "another process" : holder)
                            + ": end that, or choose another folder with --data-dir");
        }
        sign();
    }

    private void sign() {
        var holder =
                "process %d, since %s"
                        .formatted(
                                ProcessHandle.current().pid(),
                                Instant.now().truncatedTo(ChronoUnit.SECONDS));
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) { // it is held all the same; who holds it is for people alone
            LOG.atWarn()
                    .addKeyValue("why", e.getMessage())
                    .log("who has the folder is not written in it");
        }
    }

    private boolean locked() throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // this process has it already
        }
    }

    private String holder() throws IOException {
        var bytes = ByteBuffer.allocate(SHOWN);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
