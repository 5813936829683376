package dev.tocsin.it;

import dev.tocsin.it.Downtimes.Downtime;
import dev.tocsin.it.guarantee.History;
import dev.tocsin.it.guarantee.Request;
import dev.tocsin.schemas.IncidentEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Of each downtime how often each target was told that it opened and closed, and when. A message that comes again under its id was told once; what was over before
/// it could be told is told in one message.
final class Latest {
    private static final String OPENED = "opened";
    private static final String CLOSED = "closed";
    private static final String BOTH = "missed";

    /// Of one incident to one target.
    private static final class Told {
        /// What was said, and under which id.
        final Set<String> words = new TreeSet<>();

        final Map<String, Instant> first = new HashMap<>();

        /// All of it, for people.
        final List<String> heard = new ArrayList<>();

        void add(Request request) {
            var what = request.body().path("what").asText();
            heard.add(
                    "%s, event %s: %s"
                            .formatted(what, request.body().path("data").path("seq"), request));
            if (what.equals(OPENED) || what.equals(CLOSED) || what.equals(BOTH)) {
                words.add(what + " " + request.id());
                first.putIfAbsent(what, request.at());
            }
        }

        boolean once() {
            return first.containsKey(BOTH)
                    ? words.size() == 1
                    : words.size() == 2 && first.containsKey(OPENED) && first.containsKey(CLOSED);
        }
    }

    private final List<Downtime> downtimes;
    private final Set<String> targets;
    private final Map<String, Told> all = new HashMap<>();

    Latest(List<Downtime> downtimes, History history) {
        this.downtimes = downtimes;
        targets = history.targets();
        var checks =
                history.events().stream()
                        .collect(
                                Collectors.toMap(
                                        IncidentEvent::getIncidentId,
                                        IncidentEvent::getKey,
                                        (one, _) -> one));
        for (var request : history.requests()) {
            var incident = request.body().path("data").path("incident_id").asText();
            if (request.taken()) {
                told(request.target(), checks.getOrDefault(incident, incident)).add(request);
            }
        }
    }

    private Told told(String target, String check) {
        return all.computeIfAbsent(target + " " + check, _ -> new Told());
    }

    List<String> notOnce() {
        var wrong = new ArrayList<String>();
        for (var downtime : downtimes) {
            for (var target : targets) {
                var told = told(target, downtime.check());
                if (!told.once()) {
                    wrong.add(
                            "%s of %s:\n  %s"
                                    .formatted(target, downtime, String.join("\n  ", told.heard)));
                }
            }
        }
        return wrong;
    }

    @Override
    public String toString() {
        return "latest telling that one was down %s, that it was up %s; over before it was told %d"
                .formatted(
                        latest(OPENED),
                        latest(CLOSED),
                        all.values().stream().filter(told -> told.first.containsKey(BOTH)).count());
    }

    /// The longest from when it was so to the message's arrival, and the median.
    private String latest(String what) {
        var took = new ArrayList<Duration>();
        for (var downtime : downtimes) {
            for (var target : targets) {
                var first = told(target, downtime.check()).first;
                var at = first.getOrDefault(what, first.get(BOTH));
                if (at != null) {
                    took.add(
                            Duration.between(
                                    what.equals(OPENED) ? downtime.from() : downtime.to(), at));
                }
            }
        }
        took.sort(Comparator.naturalOrder());
        return took.isEmpty()
                ? "never"
                : "after %d ms (median %d ms of %d)"
                        .formatted(
                                took.getLast().toMillis(),
                                took.get(took.size() / 2).toMillis(),
                                took.size());
    }
}
