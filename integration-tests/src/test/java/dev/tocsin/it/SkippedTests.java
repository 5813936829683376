package dev.tocsin.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Says at the end, by name and count, which tests could not run here and why; and writes it to `target/skipped.txt`.
public final class SkippedTests implements TestExecutionListener {
    private final List<String> skipped = new CopyOnWriteArrayList<>();
    private TestPlan plan;

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionSkipped(TestIdentifier what, String reason) {
        var tests = new ArrayList<TestIdentifier>();
        if (what.isTest()) {
            tests.add(what);
        }
        plan.getDescendants(what).stream().filter(TestIdentifier::isTest).forEach(tests::add);
        for (var test : tests) {
            var of = plan.getParent(test).map(TestIdentifier::getDisplayName).orElse("?");
            skipped.add(of + "." + test.getDisplayName() + ": " + reason);
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan finished) {
        var report = new StringBuilder();
        if (!skipped.isEmpty()) {
            report.append("SKIPPED ")
                    .append(skipped.size())
                    .append(" tests that cannot run here:\n");
            skipped.forEach(line -> report.append("  ").append(line).append('\n'));
            System.out.print(report);
        }
        try {
            Files.writeString(Path.of("target", "skipped.txt"), report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
