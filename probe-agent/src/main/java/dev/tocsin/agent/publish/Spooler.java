package dev.tocsin.agent.publish;

import dev.tocsin.agent.publish.spool.Progress;
import dev.tocsin.agent.publish.spool.Spool;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.service.Health;
import java.io.IOException;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `queue -> spool`, and once a second: room is made, and what was sent is written down. While the disk takes nothing, results go past it.
/// One thread.
final class Spooler {
    private static final Logger LOG = LoggerFactory.getLogger(Spooler.class);
    private static final long UPKEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final BlockingDeque<CheckResult> queue;
    private final Spool spool;
    private final Progress progress;
    private final Bypass bypass;
    private final Tally tally;
    private final Health health;
    private final LongSupplier nanos;

    /// What stands before it in the spool is of earlier runs.
    private final long runStart;

    private long keptUp;
    private long restsUntil;
    private long damaged;
    private boolean broken;

    Spooler(
            BlockingDeque<CheckResult> queue,
            Spool spool,
            Progress progress,
            Bypass bypass,
            Tally tally,
            Health health,
            LongSupplier nanos) {
        this.queue = queue;
        this.spool = spool;
        this.progress = progress;
        this.bypass = bypass;
        this.tally = tally;
        this.health = health;
        this.nanos = nanos;
        runStart = spool.end();
        keptUp = nanos.getAsLong();
        restsUntil = keptUp;
    }

    /// @return whether there was anything to do
    boolean turn(long waitMillis) throws InterruptedException {
        long now = nanos.getAsLong();
        if (now - keptUp >= UPKEEP_NANOS) {
            keptUp = now;
            upkeep();
        }
        var found = queue.pollFirst(waitMillis, TimeUnit.MILLISECONDS);
        return found != null && counted(() -> take(found));
    }

    /// A result that a bug meets is counted; the loop says what it was.
    private boolean counted(BooleanSupplier withOne) {
        try {
            return withOne.getAsBoolean();
        } catch (RuntimeException | StackOverflowError e) {
            tally.lose(true);
            throw e;
        }
    }

    private boolean take(CheckResult found) {
        var result = Clip.fit(found); // here: the spool, too, has a bound for each
        tally.clipped.addAndGet(result.equals(found) ? 0 : 1);
        if (nanos.getAsLong() - restsUntil < 0 || !append(result)) {
            bypass.add(result);
        }
        return true;
    }

    private boolean append(CheckResult result) {
        try {
            spool.append(result);
            return true;
        } catch (IOException e) {
            trouble(e);
            return false;
        }
    }

    /// Room first: on a full disk nothing else goes through before there is some. What fails keeps nothing else from being done.
    private void upkeep() {
        boolean well =
                done(() -> spool.bound(progress.pending(), at -> tally.lose(at >= runStart)));
        tally.lost.addAndGet(spool.damaged() - damaged);
        damaged = spool.damaged();
        well &= done(spool::force);
        well &= done(progress::save);
        for (int left = bypass.size(); well && left > 0; left--) {
            var waits = bypass.poll();
            if (waits != null) {
                well = counted(() -> again(waits));
            }
        }
        if (well && broken) {
            broken = false;
            LOG.info("the disk takes results again");
        }
        if (well) {
            health.fine("spool");
        }
    }

    private boolean again(CheckResult waits) {
        boolean taken = append(waits);
        if (!taken) {
            bypass.again(waits);
        }
        return taken;
    }

    private interface Work {
        void run() throws IOException;
    }

    private boolean done(Work work) {
        try {
            work.run();
            return true;
        } catch (IOException e) {
            trouble(e);
            return false;
        }
    }

    private void trouble(IOException e) {
        restsUntil = nanos.getAsLong() + REST_NANOS;
        if (!broken) {
            broken = true;
            LOG.atError().setCause(e).log("the disk takes no results; they go to Kafka past it");
        }
        health.waiting("spool", "the disk: " + e);
    }
}
