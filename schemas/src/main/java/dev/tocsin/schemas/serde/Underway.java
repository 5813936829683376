package dev.tocsin.schemas.serde;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Questions that are being asked: who has the same one meanwhile waits for what comes of it, be it that the registry is away.
/// Thread-safe.
///
/// @param <Q> a question, by its `equals`
final class Underway<Q> {
    private final Map<Q, Asking> asked = new ConcurrentHashMap<>();

    private static final class Asking {
        final CountDownLatch over = new CountDownLatch(1);
        volatile @Nullable RegistryUnavailableException away;
    }

    /// @param known the answer, where there is one by now; may throw as it was refused
    /// @param call asks, and lets `known` know before it returns or throws
    /// @throws RegistryUnavailableException when it was away for whoever asked, or this thread is interrupted
    <A> A once(Q question, Supplier<@Nullable A> known, Supplier<A> call) {
        while (true) {
            var answer = known.get();
            if (answer != null) {
                return answer;
            }
            var mine = new Asking();
            var theirs = asked.putIfAbsent(question, mine);
            if (theirs == null) {
                return ask(question, mine, known, call);
            }
            await(theirs);
        }
    }

    private <A> A ask(Q question, Asking mine, Supplier<@Nullable A> known, Supplier<A> call) {
        try {
            var answer = known.get(); // somebody may have asked since we looked
            return answer == null ? call.get() : answer;
        } catch (RegistryUnavailableException e) {
            // Whoever waits was not interrupted: one of them asks then.
            mine.away = e.getCause() instanceof InterruptedException ? null : e;
            throw e;
        } finally {
            asked.remove(question);
            mine.over.countDown();
        }
    }

    private static void await(Asking theirs) {
        try {
            theirs.over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryUnavailableException.interrupted(e);
        }
        var away = theirs.away;
        if (away != null) {
            throw new RegistryUnavailableException(String.valueOf(away.getMessage()), away);
        }
    }
}
