package dev.tocsin.agent.publish;

import dev.tocsin.schemas.CheckResult;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import org.jspecify.annotations.Nullable;

/// The way past a disk that takes nothing: results in memory, of which the oldest goes when there are too many. Thread-safe.
final class Bypass {
    private static final int AT_MOST = 20_000;

    private final BlockingDeque<CheckResult> results = new LinkedBlockingDeque<>(AT_MOST);
    private final Tally tally;

    Bypass(Tally tally) {
        this.tally = tally;
    }

    void add(CheckResult result) {
        while (!results.offerLast(result)) {
            if (results.pollFirst() != null) {
                tally.lose(true);
            }
        }
    }

    /// It could not be sent: it is the next one again.
    void again(CheckResult result) {
        if (!results.offerFirst(result)) {
            tally.lose(true);
        }
    }

    @Nullable CheckResult poll() {
        return results.pollFirst();
    }

    boolean isEmpty() {
        return results.isEmpty();
    }

    int size() {
        return results.size();
    }
}
