package dev.tocsin.standalone.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// A folder that was made for one run.
public final class Folder {
    private Folder() {}

    /// With all that is in it.
    ///
    /// @throws IOException for the first that cannot be deleted; what is gone already is no mistake
    public static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
