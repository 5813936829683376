package dev.tocsin.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips where libfaketime is not installed (Debian: `faketime`), by which a process has a wall clock of its own. [SkippedTests] says so at the end.
final class NeedsFakeTime implements ExecutionCondition {
    private static Optional<Path> library() {
        return List.of("x86_64-linux-gnu", "aarch64-linux-gnu").stream()
                .map(machine -> Path.of("/usr/lib", machine, "faketime/libfaketimeMT.so.1"))
                .filter(Files::exists)
                .findFirst();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return library()
                .map(it -> ConditionEvaluationResult.enabled(it.toString()))
                .orElse(ConditionEvaluationResult.disabled("needs libfaketime"));
    }

    /// @param clock a file that says by how many seconds the wall clock is off, such as `-600`; it is read again and again. The monotonic clock stays as it is.
    static Map<String, String> environment(Path clock) {
        return Map.of(
                "LD_PRELOAD",
                library().orElseThrow().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                clock.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }
}
