package dev.tocsin.service;

import dev.tocsin.service.progress.Spell;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A loop that no throwable ends without a word. What a turn throws, an Error too, is said when it begins, at most once a minute while it lasts, and when it
/// ends; `/health` fails meanwhile. Without a whole turn for a minute it gives up, and so ends the process.
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// One round.
    public interface Turn {
        /// @return false when it was the last
        /// @throws InterruptedException to end the loop
        boolean take() throws Exception;
    }

    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private final String part;
    private final Health health;
    private final LongSupplier nanos;
    private final Pause pause;
    private final Spell spell = new Spell();

    Loop(String part, Health health, LongSupplier nanos, Pause pause) {
        this.part = part;
        this.health = health;
        this.nanos = nanos;
        this.pause = pause;
    }

    /// @param part names the thread, and the part in health
    /// @return a daemon that has been started
    public static Thread start(String part, Health health, Turn turn) {
        var loop = new Loop(part, health, System::nanoTime, Thread::sleep);
        return Thread.ofPlatform().name(part).daemon().start(() -> loop.run(turn));
    }

    /// What a timer calls again and again: its first exception would end a timer's task without a word.
    public static Runnable task(String part, Health health, Runnable task) {
        var loop = new Loop(part, health, System::nanoTime, _ -> {});
        return () -> {
            try {
                var _ =
                        loop.whole(() -> {
                            task.run();
                            return true;
                        });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the timer is being ended
            }
        };
    }

    void run(Turn turn) {
        try {
            while (whole(turn)) {
                // the next
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // asked to end
        }
    }

    /// @return false after the last turn, and when it was given up
    private boolean whole(Turn turn) throws InterruptedException {
        try {
            boolean more = turn.take();
            if (spell.next(false, now()) == Spell.Word.ENDS) {
                LOG.atInfo()
                        .addKeyValue("part", part)
                        .addKeyValue("after-s", spell.end(now()).toSeconds())
                        .log("goes on");
                health.recovered(part);
            }
            return more;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            if (!setBack(e)) {
                return false;
            }
            pause.sleep(PAUSE);
            return true;
        }
    }

    /// @return whether to go on
    private boolean setBack(Throwable e) {
        try {
            var word = spell.next(true, now());
            if (word == Spell.Word.LASTS) {
                LOG.atError().addKeyValue("part", part).setCause(e).log("bug: gives up");
                health.gaveUp(part, "no whole turn for " + PATIENCE.toSeconds() + " s: " + e);
                return false;
            }
            if (word == Spell.Word.BEGINS) {
                health.failing(part, e.toString());
                LOG.atError().addKeyValue("part", part).setCause(e).log("bug: tries on");
            }
        } catch (Throwable worse) {
            // Without memory even this cannot be said; the next turn tries.
            return true;
        }
        return true;
    }

    private Duration now() {
        return Duration.ofNanos(nanos.getAsLong());
    }
}
