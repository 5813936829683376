package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import dev.tocsin.schemas.CheckDefinition;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// From which regions a partition's checks hear, and where one fails alone: what its task tells of the agents. On the heap,
/// rebuilt with the task.
public final class Hearing {
    /// A region is quiet when three results of its most frequent check have not come, and never sooner than this.
    private static final Duration QUIET_AT_LEAST = Duration.ofSeconds(30);

    private static final class Place {
        /// How many checks have this interval, in ms.
        private final TreeMap<Long, Integer> intervals = new TreeMap<>();

        private int witnessed;
        private boolean heard;
        private boolean measuredSinceResumed;
        private long lastHeardMs;
        private long lastMeasuredMs;
        private Instant resumedAt;

        private Place(Instant now) {
            resumedAt = now;
        }

        private void goOn(Place before) {
            heard = before.heard;
            measuredSinceResumed = before.measuredSinceResumed;
            lastHeardMs = before.lastHeardMs;
            lastMeasuredMs = before.lastMeasuredMs;
            resumedAt = before.resumedAt;
        }

        private Duration patience() {
            var shortest = Duration.ofMillis(intervals.firstKey()).multipliedBy(3);
            return shortest.compareTo(QUIET_AT_LEAST) > 0 ? shortest : QUIET_AT_LEAST;
        }

        private @Nullable Silence silence(Instant now) {
            var quiet = longAgo(lastHeardMs, now);
            if (quiet != null) {
                return Silence.quiet(quiet);
            }
            var mute = longAgo(lastMeasuredMs, now);
            if (mute != null) {
                return Silence.mute(mute);
            }
            return measuredSinceResumed ? null : Silence.PENDING;
        }

        private @Nullable Instant longAgo(long ms, Instant now) {
            var last = Instant.ofEpochMilli(Math.max(ms, resumedAt.toEpochMilli()));
            return now.isBefore(last.plus(patience())) ? null : last;
        }
    }

    private final Map<String, Place> places = new TreeMap<>();
    private final FailingAlone alone = new FailingAlone();
    private final EvidenceNews news = new EvidenceNews();
    private Instant resumedAt = Instant.EPOCH;
    private int checks;

    /// @param now before that nothing could be heard of it
    public void add(CheckDefinition check, Instant now) {
        checks++;
        count(check, 1, now);
    }

    public void remove(CheckDefinition check) {
        checks--;
        count(check, -1, resumedAt);
        alone.nowhere(check.getCheckId());
    }

    private void count(CheckDefinition check, int by, Instant now) {
        for (var region : check.getRegions()) {
            var place = places.computeIfAbsent(region, _ -> new Place(now));
            place.intervals.merge(
                    check.getIntervalMs(),
                    by,
                    (before, more) -> before + more == 0 ? null : before + more);
            if (check.getRegions().size() > 1) {
                place.witnessed += by;
            }
            if (place.intervals.isEmpty()) {
                places.remove(region);
            }
        }
    }

    /// With what was heard by that which this follows in the same process.
    void goOn(Hearing before) {
        resumedAt = before.resumedAt;
        places.forEach((region, place) -> {
            var was = before.places.get(region);
            if (was != null) {
                place.goOn(was);
            }
        });
    }

    /// Something came.
    ///
    /// @param voted it says something of its target, and not only that nothing could be measured
    public void heard(String region, boolean voted, long appendedMs) {
        var place = places.get(region);
        if (place != null) {
            place.heard = true;
            place.lastHeardMs = appendedMs;
            if (voted) {
                place.measuredSinceResumed = true;
                place.lastMeasuredMs = appendedMs;
            }
        }
    }

    /// Time stood still: what was not heard meanwhile could not have been.
    public void resumed(Instant now) {
        resumedAt = now;
        for (var place : places.values()) {
            place.measuredSinceResumed = false;
            place.resumedAt = now;
        }
    }

    /// @param region where the check fails alone, or null when it fails nowhere, or not alone
    /// @param definition asked for later, and only if it still fails alone then
    public void failsAlone(
            String check,
            @Nullable String region,
            @Nullable Instant since,
            Supplier<CheckDefinition> definition) {
        if (region == null) {
            alone.nowhere(check);
        } else {
            alone.at(check, region, since, () -> host(definition.get().getUrl()));
        }
    }

    /// Checks at one host fail together for reasons of their own. A target that names none stands for itself.
    private static String host(String url) {
        try {
            var host = new URI(url).getHost();
            return host == null ? url : host;
        } catch (URISyntaxException e) {
            return url;
        }
    }

    /// What is known now of every region. One that had no chance to be heard since time stood still is pending.
    Map<String, Evidence.Of> evidence(Instant now) {
        var regions = new HashMap<String, Evidence.Of>();
        places.forEach((name, place) -> {
            var failing = alone.in(name);
            regions.put(
                    name,
                    new Evidence.Of(
                            place.witnessed,
                            failing.checks(),
                            failing.since(),
                            failing.targets(),
                            place.heard,
                            place.silence(now),
                            place.patience()));
        });
        return regions;
    }

    /// What there is to tell of it: see [EvidenceNews].
    public List<Evidence> news(Instant now) {
        return news.of(checks, evidence(now));
    }
}
