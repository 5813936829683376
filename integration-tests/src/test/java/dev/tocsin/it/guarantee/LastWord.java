package dev.tocsin.it.guarantee;

import dev.tocsin.it.guarantee.History.Talk;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Nobody's last word is false, and nothing is lost: of each incident each target heard, and last that it has ended, or how it is that it is open. In particular who
/// heard that it opened hears the end.
final class LastWord implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        var heard = history.heard();
        var incidents = history.incidents();
        incidents.forEach((incident, events) -> {
            var is = events.getLast();
            for (var target : history.targets()) {
                var words = heard.getOrDefault(new Talk(target, incident), List.of());
                if (words.isEmpty()) {
                    broken.add(
                            "%s never heard of %s: %s"
                                    .formatted(target, incident, History.described(is)));
                    continue;
                }
                var last = words.getLast();
                var told =
                        last.seq() == null ? null : History.event(incidents, incident, last.seq());
                boolean holds =
                        told != null
                                && told.getOpen() == is.getOpen()
                                && Boolean.valueOf(is.getOpen()).equals(last.open())
                                && (!is.getOpen()
                                        || (told.getSeverity() == is.getSeverity()
                                                && Objects.equals(
                                                        told.getAcknowledgedBy(),
                                                        is.getAcknowledgedBy())));
                if (!holds) {
                    broken.add(
                            "%s last heard of %s: %s; it is: %s"
                                    .formatted(target, incident, last, History.described(is)));
                }
            }
        });
        return broken;
    }

    /// How many incidents ended at last without a word to a target that heard of an end before: they had reopened and were over again while that was on its way.
    /// Its last word is true.
    static long passedUntold(History history) {
        var incidents = history.incidents();
        return history.heard().entrySet().stream()
                .filter(heard -> {
                    var events = incidents.get(heard.getKey().incident());
                    var seq = heard.getValue().getLast().seq();
                    return events != null
                            && seq != null
                            && !events.getLast().getOpen()
                            && seq < events.getLast().getSeq();
                })
                .count();
    }
}
