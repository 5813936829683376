package dev.tocsin.incident.engine.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Users who report one service (rule 10). Pure, but changed in place: a report costs the same however many there are. One
/// thread.
public final class UserReports {
    /// So many different ones in so long are evidence.
    public static final int ENOUGH = 5;

    public static final Duration WINDOW = Duration.ofMinutes(5);

    /// More are not told apart: it says so many, and means so many or more.
    public static final int AT_MOST = 10_000;

    /// What changes is told no more often.
    private static final Duration EACH = Duration.ofSeconds(1);

    /// What stays the same is told again, so that it goes on counting.
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /// Something to tell.
    ///
    /// @param users different ones since `from`
    /// @param until from then on they say nothing any more
    public record Told(int users, Instant from, Instant until) {}

    /// When each reported last, the longest ago first.
    private final LinkedHashMap<String, Instant> lastAt = new LinkedHashMap<>();

    private int told;
    private Instant toldAt = Instant.MIN;
    private Instant now = Instant.MIN;
    private boolean untold;

    /// A report, in the order of their times as far as those are in order.
    ///
    /// @return who no longer counts
    public List<String> add(String reporter, Instant at) {
        var gone = pass(at);
        if (lastAt.remove(reporter) == null && lastAt.size() == AT_MOST) {
            var eldest = lastAt.firstEntry().getKey();
            lastAt.remove(eldest);
            gone.add(eldest);
        }
        lastAt.put(reporter, now);
        untold = true;
        return gone;
    }

    /// Time has passed.
    ///
    /// @return who no longer counts
    public List<String> pass(Instant at) {
        now = at.isAfter(now) ? at : now;
        var since = now.minus(WINDOW);
        var gone = new ArrayList<String>();
        for (var all = lastAt.entrySet().iterator(); all.hasNext(); ) {
            var eldest = all.next();
            if (eldest.getValue().isAfter(since)) {
                break;
            }
            gone.add(eldest.getKey());
            all.remove();
        }
        return gone;
    }

    /// What the checks of the service are to know now, or null: when there are enough, once a second while their number
    /// changes, and each minute while reports come. What only ages is not told: `until` bounds it.
    public @Nullable Told tell() {
        int users = lastAt.size();
        boolean news = users != told || !now.isBefore(orLater(toldAt, AGAIN));
        if (!untold || users < ENOUGH || !news || now.isBefore(orLater(toldAt, EACH))) {
            return null;
        }
        told = users;
        toldAt = now;
        untold = false;
        return new Told(
                users, lastAt.firstEntry().getValue(), lastAt.lastEntry().getValue().plus(WINDOW));
    }

    private static Instant orLater(Instant told, Duration by) {
        return told.equals(Instant.MIN) ? Instant.MIN : told.plus(by);
    }

    /// When this one reported last, as [#add] took it.
    public @Nullable Instant lastAt(String reporter) {
        return lastAt.get(reporter);
    }

    public boolean isEmpty() {
        return lastAt.isEmpty();
    }
}
