package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What this process keeps open: a file that was deleted keeps its room on the disk as long.
public final class OpenFiles {
    private static final Path ALL = Path.of("/proc/self/fd");

    private OpenFiles() {}

    /// Linux alone says so.
    public static void assumeKnown() {
        assumeThat(ALL).isDirectory();
    }

    public static List<Path> below(Path dir) throws IOException {
        var open = new ArrayList<Path>();
        try (var descriptors = Files.list(ALL)) {
            for (var descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    open.add(Files.readSymbolicLink(descriptor));
                }
            }
        }
        open.removeIf(file -> !file.startsWith(dir));
        return open;
    }
}
