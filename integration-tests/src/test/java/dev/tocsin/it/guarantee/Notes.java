package dev.tocsin.it.guarantee;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.it.guarantee.History.Talk;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Who knows of an open incident hears what people write to it. A digest counts as having said it, and does not show it: targets that are
/// sent digests are not judged.
final class Notes implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        var heard = history.heard();
        var digested = new HashSet<String>();
        history.requests().stream()
                .filter(Request::digest)
                .map(Request::target)
                .forEach(digested::add);
        for (var event : history.events()) {
            if (event.getType() != IncidentEventType.ANNOTATED) {
                continue;
            }
            for (var target : history.targets()) {
                var words =
                        heard.getOrDefault(
                                new Talk(target, event.getIncidentId()), List.<Word>of());
                if (!digested.contains(target)
                        && knew(words, event)
                        && !notes(words).contains(event.getReason())) {
                    broken.add(
                            "%s did not hear the note \"%s\" of %s"
                                    .formatted(target, event.getReason(), event.getIncidentId()));
                }
            }
        }
        return broken;
    }

    private static boolean knew(List<Word> words, IncidentEvent note) {
        var before =
                words.stream().filter(word -> word.request().at().isBefore(note.getAt())).toList();
        return !before.isEmpty() && Boolean.TRUE.equals(before.getLast().open());
    }

    private static Set<String> notes(List<Word> words) {
        var all = new HashSet<String>();
        for (var word : words) {
            for (JsonNode note : word.request().body().path("notes")) {
                all.add(note.asText());
            }
        }
        return all;
    }
}
