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
                                && (is.getOpen()
                                        ? told.getSeverity() == is.getSeverity()
                                                && Objects.equals(
                                                        told.getAcknowledgedBy(),
                                                        is.getAcknowledgedBy())
                                        : told.getSeq() == is.getSeq());
                if (!holds) {
                    broken.add(
                            "%s last heard of %s: %s; it is: %s"
                                    .formatted(target, incident, last, History.described(is)));
                }
            }
        });
        return broken;
    }
}
