package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Who is told: takes everything, or for a while does not.
final class Receiver {
    private enum Mood {
        SLOW,
        HANGS,
        AWAY,
        AWAY_AND_SAYS_UNTIL_WHEN,
        TOO_MANY,
        TOO_MANY_AND_SAYS_UNTIL_WHEN,
        SET_UP_WRONG,
        LOSES_ITS_ANSWER,
        FLAKY
    }

    private record Spell(Instant from, Instant to, Mood mood) {}

    /// @param after so long after it was asked
    /// @param heard whether people have it
    record Reply(Duration after, DeliveryResult result, boolean heard) {}

    private static final DeliveryResult TAKEN = new Delivered(204, "");
    private static final DeliveryResult TIMEOUT = new Retry(null, "no answer", null);

    private final RandomGenerator random;
    private final Instant start;
    private final List<Spell> spells = new ArrayList<>();
    private final @Nullable Instant gone;

    Receiver(RandomGenerator random, Instant start, Duration span) {
        this.start = start;
        this.random = random;
        int many = random.nextInt(5);
        var from = start;
        for (int i = 0; i < many; i++) {
            from = from.plusMillis(random.nextLong(span.toMillis() / many + 1));
            long most = random.nextInt(8) == 0 ? 100_000_000 : 600_000;
            var to = from.plusMillis(random.nextLong(most));
            spells.add(new Spell(from, to, Mood.values()[random.nextInt(Mood.values().length)]));
            from = to;
        }
        gone = random.nextInt(20) == 0 ? start.plusMillis(random.nextLong(span.toMillis())) : null;
    }

    /// Whatever else it does then.
    void mayBeAwayForADay(Duration span) {
        if (random.nextInt(6) == 0) {
            var from = start.plusMillis(random.nextLong(span.toMillis()));
            var to = from.plus(Duration.ofMinutes(23 * 60 + random.nextInt(120)));
            spells.addFirst(new Spell(from, to, Mood.AWAY));
        }
    }

    /// Whether it takes everything.
    boolean well(Instant now) {
        return spell(now) == null && !gone(now);
    }

    boolean gone(Instant now) {
        return gone != null && !now.isBefore(gone);
    }

    Instant wellAtLast() {
        return spells.stream().map(Spell::to).max(Comparator.naturalOrder()).orElse(start);
    }

    private @Nullable Mood spell(Instant now) {
        return spells.stream()
                .filter(spell -> !now.isBefore(spell.from()) && now.isBefore(spell.to()))
                .map(Spell::mood)
                .findFirst()
                .orElse(null);
    }

    Reply asked(Instant now) {
        var soon = Duration.ofMillis(20 + random.nextInt(100));
        if (gone(now)) {
            return new Reply(soon, new Rejected(410, "gone", true), false);
        }
        return switch (spell(now)) {
            case null -> new Reply(soon, TAKEN, true);
            case SLOW -> new Reply(Duration.ofMillis(1000 + random.nextInt(8000)), TAKEN, true);
            case HANGS -> new Reply(Duration.ofSeconds(10), TIMEOUT, false);
            case AWAY -> new Reply(soon, new Retry(503, "away", null), false);
            case AWAY_AND_SAYS_UNTIL_WHEN ->
                    new Reply(soon, new Retry(503, "away", Duration.ofSeconds(90)), false);
            case TOO_MANY -> new Reply(soon, new Retry(429, "slow down", null), false);
            case TOO_MANY_AND_SAYS_UNTIL_WHEN ->
                    new Reply(soon, new Retry(429, "slow down", Duration.ofSeconds(45)), false);
            case SET_UP_WRONG -> new Reply(soon, new Rejected(401, "who are you", false), false);
            case LOSES_ITS_ANSWER -> new Reply(Duration.ofSeconds(10), TIMEOUT, true);
            case FLAKY ->
                    random.nextBoolean()
                            ? new Reply(soon, TAKEN, true)
                            : new Reply(soon, new Retry(502, "flaky", null), false);
        };
    }
}
