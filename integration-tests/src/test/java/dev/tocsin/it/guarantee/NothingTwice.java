package dev.tocsin.it.guarantee;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.util.ArrayList;
import java.util.List;

/// Nothing is told a second time under another id: neither the same event, nor that it opened (or reopened, this time). Unless it is in doubt whether it was
/// heard ([History#inDoubt]): then what is so by now may say it again.
final class NothingTwice implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        var incidents = history.incidents();
        history.heard()
                .forEach((talk, words) -> {
                    var events = incidents.getOrDefault(talk.incident(), List.of());
                    for (int i = 1; i < words.size(); i++) {
                        var word = words.get(i);
                        var seq = word.seq();
                        if (seq == null) {
                            continue; // it is in doubt itself
                        }
                        boolean begins =
                                "opened".equals(word.what()) || "reopened".equals(word.what());
                        long from = begins ? begun(events, seq) : seq;
                        for (var before : words.subList(0, i)) {
                            var earlier = before.seq();
                            if (earlier != null
                                    && earlier >= from
                                    && !before.request().id().equals(word.request().id())
                                    && !history.inDoubt(before.request())) {
                                broken.add(
                                        "%s: told was %s, and again %s"
                                                .formatted(talk, before, word));
                            }
                        }
                    }
                });
        return broken;
    }

    /// The event with which it was open last, as of `seq`.
    private static long begun(List<IncidentEvent> events, long seq) {
        return events.stream()
                .filter(event -> event.getSeq() <= seq)
                .filter(event ->
                        event.getType() == IncidentEventType.OPENED
                                || event.getType() == IncidentEventType.REOPENED)
                .mapToLong(IncidentEvent::getSeq)
                .max()
                .orElse(0);
    }
}
