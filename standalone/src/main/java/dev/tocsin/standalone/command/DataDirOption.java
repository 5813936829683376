package dev.tocsin.standalone.command;

import dev.tocsin.service.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// `--data-dir`, for every command that keeps something on disk.
final class DataDirOption {
    @Option(
            names = "--data-dir",
            defaultValue = ".tocsin",
            description = "Kept over restarts; ${DEFAULT-VALUE} if not given.")
    Path dir = Path.of(".tocsin");

    /// What one process keeps, which nobody else can read: what targets answer, and who was told what, stand there.
    Path of(String process) throws IOException {
        return PrivateFiles.directory(dir.resolve(process));
    }
}
