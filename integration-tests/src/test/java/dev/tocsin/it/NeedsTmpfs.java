package dev.tocsin.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips where no small file system can be mounted, which takes root. [SkippedTests] says so at the end.
final class NeedsTmpfs implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        try {
            var dir = Files.createTempDirectory("tocsin-tmpfs");
            try (var _ = mount(dir, "1m")) {
                return ConditionEvaluationResult.enabled("a tmpfs can be mounted");
            } finally {
                Files.delete(dir);
            }
        } catch (IOException e) {
            return ConditionEvaluationResult.disabled("needs root, for a tmpfs: " + e.getMessage());
        }
    }

    /// Takes the room of a [Disk].
    static final String FILLER = "filler";

    /// Mounted.
    record Disk(Path path) implements AutoCloseable {
        /// Takes all the room there is.
        ///
        /// @return what to delete
        Path fill() throws IOException {
            var filler = path.resolve(FILLER);
            try (var out = Files.newOutputStream(filler)) {
                while (true) {
                    out.write(new byte[4096]);
                }
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("No space left")) {
                    throw e;
                }
            }
            return filler;
        }

        @Override
        public void close() throws IOException {
            run("umount", path.toString());
        }
    }

    /// @param size such as `3m`
    static Disk mount(Path at, String size) throws IOException {
        Files.createDirectories(at);
        run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", at.toString());
        return new Disk(at);
    }

    private static void run(String... command) throws IOException {
        var line = String.join(" ", command);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(line + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(line + ": interrupted", e);
        }
    }
}
