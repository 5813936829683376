package dev.tocsin.page.board;

import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.Keys;
import dev.tocsin.schemas.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What agents counted, by check, for the days that the page shows, in UTC: what is older is forgotten as time passes, whatever became of its check. Every boot of
/// an agent has counts of its own, which add up; what is told anew of an hour replaces what was told of it. Not thread-safe.
final class Hours {
    /// As far back as anybody asks.
    static final Duration KEPT = Duration.ofDays(30);

    /// One a millisecond, as often as a check can run: more is none of an agent's counts.
    private static final long AT_MOST = 3_600_000;

    /// An hour that lies further ahead of when it was told is that of a clock that is wrong by days, and would be kept until it comes.
    private static final Duration AHEAD = Duration.ofDays(1);

    private static final int HOUR_S = 3600;
    private static final int HOURS = 24;

    /// Of one boot of an agent in one region.
    private static final class Day {
        private final int[] up = new int[HOURS];
        private final int[] all = new int[HOURS];
        private Votes sum = Votes.NONE;

        void set(long hour, long nowUp, long nowAll) {
            int at = (int) Math.floorMod(hour, (long) HOURS);
            sum = sum.plus(new Votes(nowUp - up[at], nowAll - all[at]));
            up[at] = Math.toIntExact(nowUp);
            all[at] = Math.toIntExact(nowAll);
        }

        Votes between(long first, long last) {
            if (first <= 0 && last >= HOURS - 1) {
                return sum;
            }
            var some = Votes.NONE;
            for (int at = (int) Math.max(0, first); at <= Math.min(HOURS - 1, last); at++) {
                some = some.plus(new Votes(up[at], all[at]));
            }
            return some;
        }
    }

    /// By check; by the record's key without its hour; by days since the epoch.
    private final Map<String, Map<String, NavigableMap<Long, Day>>> checks = new HashMap<>();

    private long firstDay = Long.MIN_VALUE;

    /// What no agent says of an hour.
    ///
    /// @throws IllegalArgumentException saying what
    static void check(CheckHour hour) {
        if (!hour.getHour().equals(hour.getHour().truncatedTo(ChronoUnit.HOURS))) {
            throw new IllegalArgumentException("hour " + hour.getHour() + " begins at no hour");
        }
        hour.getOutcomes()
                .forEach((outcome, count) -> {
                    if (count < 0 || count > AT_MOST) {
                        throw new IllegalArgumentException(
                                outcome + " " + count + ": not from 0 to " + AT_MOST);
                    }
                });
    }

    /// @param told when, by the broker
    void put(CheckHour counted, Instant told) {
        long hour = hour(counted.getHour());
        long day = day(hour);
        if (day < firstDay || counted.getHour().isAfter(told.plus(AHEAD))) {
            return;
        }
        long up = count(counted, Outcome.PASS) + count(counted, Outcome.DEGRADED);
        checks.computeIfAbsent(counted.getCheckId(), _ -> new HashMap<>())
                .computeIfAbsent(run(Keys.of(counted)), _ -> new TreeMap<>())
                .computeIfAbsent(day, _ -> new Day())
                .set(hour, up, up + count(counted, Outcome.FAIL));
    }

    /// @param key of a tombstone, and of no more than that
    void remove(String key) {
        var run = run(key);
        for (var runs : checks.values()) {
            runs.getOrDefault(run, new TreeMap<>())
                    .forEach((day, counts) -> {
                        for (long hour = day * HOURS; hour < (day + 1) * HOURS; hour++) {
                            if (key.endsWith("|" + Instant.ofEpochSecond(hour * HOUR_S))) {
                                counts.set(hour, 0, 0);
                            }
                        }
                    });
        }
    }

    /// Whole days, so that it is done once a day.
    ///
    /// @return whether a day has passed
    boolean forget(Instant now) {
        long first = day(hour(now.minus(KEPT)));
        if (first <= firstDay) {
            return false;
        }
        firstDay = first;
        for (var runs : checks.values()) {
            runs.values().forEach(days -> days.headMap(first).clear());
            runs.values().removeIf(Map::isEmpty);
        }
        checks.values().removeIf(Map::isEmpty);
        return true;
    }

    /// Of the hours that began after one time, and by another: one that has not begun yet is an agent's whose clock is fast.
    Votes votes(String check, Instant after, Instant by) {
        long first = hour(after) + 1;
        long last = hour(by);
        var votes = Votes.NONE;
        for (var days : checks.getOrDefault(check, Map.of()).values()) {
            for (var day : days.subMap(day(first), true, day(last), true).entrySet()) {
                long begins = day.getKey() * HOURS;
                votes = votes.plus(day.getValue().between(first - begins, last - begins));
            }
        }
        return votes;
    }

    /// Days of boots of agents, of all checks.
    int size() {
        return checks.values().stream()
                .flatMap(runs -> runs.values().stream())
                .mapToInt(Map::size)
                .sum();
    }

    private static String run(String key) {
        return key.substring(0, Math.max(0, key.lastIndexOf('|')));
    }

    private static long count(CheckHour hour, Outcome outcome) {
        return hour.getOutcomes().getOrDefault(outcome.name(), 0L);
    }

    private static long hour(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), (long) HOUR_S);
    }

    private static long day(long hour) {
        return Math.floorDiv(hour, (long) HOURS);
    }
}
