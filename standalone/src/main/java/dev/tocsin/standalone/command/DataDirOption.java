package dev.tocsin.standalone.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// `--data-dir`, for every command that keeps something on disk.
final class DataDirOption {
    @Option(
            names = "--data-dir",
            defaultValue = ".tocsin",
            description = "Kept over restarts; ${DEFAULT-VALUE} if not given.")
    Path dir = Path.of(".tocsin");
}
