package dev.tocsin.it.guarantee;

import dev.tocsin.schemas.IncidentEventType;
import java.util.ArrayList;
import java.util.List;

/// What a target hears of an incident goes forward: no word is of an older event than one before it, repetitions included; and an opening is never heard
/// after an end, unless it has reopened.
final class InOrder implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        var incidents = history.incidents();
        history.heard()
                .forEach((talk, words) -> {
                    Word newest = null;
                    boolean ended = false;
                    for (var word : words) {
                        var seq = word.seq();
                        var before = newest == null ? null : newest.seq();
                        if (seq != null && before != null && seq < before) {
                            broken.add("%s: after %s came %s".formatted(talk, newest, word));
                        }
                        if (ended && "opened".equals(word.what())) {
                            broken.add("%s: opened after its end: %s".formatted(talk, word));
                        }
                        if ("reopened".equals(word.what())
                                && incidents.getOrDefault(talk.incident(), List.of()).stream()
                                        .noneMatch(event ->
                                                event.getType() == IncidentEventType.REOPENED
                                                        && (seq == null
                                                                || event.getSeq() <= seq))) {
                            broken.add("%s: never reopened: %s".formatted(talk, word));
                        }
                        ended |= Boolean.FALSE.equals(word.open());
                        newest = seq == null ? newest : word;
                    }
                });
        return broken;
    }
}
