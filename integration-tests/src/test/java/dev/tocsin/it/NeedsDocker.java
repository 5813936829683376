package dev.tocsin.it;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips where no Docker engine with `docker compose` v2 answers. [SkippedTests] says so at the end.
final class NeedsDocker implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        for (var command : List.of("docker version", "docker compose version")) {
            if (!succeeds(command)) {
                return ConditionEvaluationResult.disabled("needs Docker; failed: " + command);
            }
        }
        return ConditionEvaluationResult.enabled("Docker answers");
    }

    private static boolean succeeds(String command) {
        try {
            var process =
                    new ProcessBuilder(command.split(" "))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (java.io.IOException e) {
            return false; // no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
