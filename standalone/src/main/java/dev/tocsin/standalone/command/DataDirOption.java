package dev.tocsin.standalone.command;

import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.PrivateFiles;
import dev.tocsin.standalone.embedded.FolderLock;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// `--data-dir`, for every command that keeps something on disk.
final class DataDirOption {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirOption.class);

    @Option(
            names = "--data-dir",
            defaultValue = ".tocsin",
            description = "Kept over restarts; ${DEFAULT-VALUE} if not given.")
    Path dir = Path.of(".tocsin");

    /// What one process keeps, which nobody else can read: what targets answer, and who was told what, stand there. Its own until the lifecycle ends, or the
    /// process: two that write one spool lose what both keep.
    ///
    /// @throws dev.tocsin.service.ConfigException when another process has it, saying which
    Path of(String process, Lifecycle lifecycle) throws IOException {
        var folder = PrivateFiles.directory(dir.resolve(process));
        try {
            lifecycle.closing("lock", new FolderLock(folder));
        } catch (
                IOException
                        e) { // as of a disk that is full or read-only: an agent measures without
            // one
            LOG.atWarn()
                    .addKeyValue("folder", folder)
                    .addKeyValue("why", e.toString())
                    .log("cannot be locked: another process is not kept from it");
        }
        return folder;
    }
}
