package dev.tocsin.schemas.serde;

import dev.tocsin.schemas.serde.RegistryHttp.Answer;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes a registry at its word that there is no such thing only when it is whole: one that reads its journal after it opened its port denies what it
/// knows a second later. It is whole when it has the greatest id that it ever gave to this process, for ids and a journal ascend, and has answered for some seconds
/// without a break, for others are given ids, too, that this process never saw. Thread-safe.
final class Whole {
    /// Without a break, of a registry that has what it gave.
    static final Duration SETTLED = Duration.ofSeconds(3);

    /// The same where it gave nothing yet, so that nothing must be there.
    static final Duration UNPROVEN = Duration.ofSeconds(10);

    /// No registry restarts in less: one proof is good for all that is denied meanwhile.
    static final Duration GOOD_FOR = Duration.ofSeconds(1);

    /// Who asks is not held up for longer: one that fails now and then never settles.
    private static final Duration PATIENCE = UNPROVEN.plus(SETTLED);

    private static final Duration PAUSE = Duration.ofMillis(200);

    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private final LongSupplier nanos;
    private final Pause pause;
    private @Nullable Integer greatest;

    /// When it was last seen to have that; null when never, or it lacked it since.
    private @Nullable Long provenAt;

    Whole(LongSupplier nanos, Pause pause) {
        this.nanos = nanos;
        this.pause = pause;
    }

    synchronized void gave(int id) {
        greatest = greatest == null ? id : Math.max(greatest, id);
    }

    /// Asks until the answer counts.
    ///
    /// @param byId asks for a schema
    /// @throws RegistryUnavailableException when it lacks what it gave, or does not answer for so long without a break
    Answer settled(Supplier<Answer> question, IntFunction<Answer> byId) {
        long begun = nanos.getAsLong();
        while (true) {
            long asked = nanos.getAsLong();
            var answer = question.get();
            boolean old = answer.answering().compareTo(enough()) >= 0;
            if (answer.has() || (old && provenBefore(asked))) {
                return answer;
            }
            if (asked - begun >= PATIENCE.toNanos()) {
                throw new RegistryUnavailableException(
                        "the registry answers, but not without a break: " + answer.said());
            }
            prove(byId);
            if (!old) {
                pause();
            }
        }
    }

    private synchronized Duration enough() {
        return greatest == null ? UNPROVEN : SETTLED;
    }

    private synchronized boolean provenBefore(long asked) {
        return greatest == null
                || (provenAt != null
                        && asked - provenAt >= 0
                        && asked - provenAt < GOOD_FOR.toNanos());
    }

    private void prove(IntFunction<Answer> byId) {
        var id = known();
        var lacks = id == null ? null : byId.apply(id);
        if (lacks != null && !lacks.has()) {
            proven(null);
            throw new RegistryUnavailableException(
                    "the registry has not read all it has yet, or is another: it gave schema id %d, and now %s"
                            .formatted(id, lacks.said()));
        }
        proven(nanos.getAsLong());
    }

    private synchronized @Nullable Integer known() {
        return greatest;
    }

    private synchronized void proven(@Nullable Long at) {
        provenAt = at;
    }

    private void pause() {
        try {
            pause.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryUnavailableException.interrupted(e);
        }
    }
}
