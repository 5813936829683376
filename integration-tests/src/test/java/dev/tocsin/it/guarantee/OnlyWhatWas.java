package dev.tocsin.it.guarantee;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A message says what was so at the event that it names.
final class OnlyWhatWas implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        var incidents = history.incidents();
        for (var request : history.requests()) {
            if (request.digest()) {
                continue;
            }
            var data = request.body().path("data");
            var event =
                    History.event(
                            incidents,
                            data.path("incident_id").asText(),
                            data.path("seq").asLong());
            if (event == null
                    || !event.getEventId().equals(data.path("event_id").asText())
                    || event.getOpen() != data.path("open").asBoolean()
                    || !event.getSeverity().name().equals(data.path("severity").asText())
                    || !Objects.equals(
                            event.getAcknowledgedBy(), data.path("acknowledged_by").asText(null))) {
                broken.add("%s says %s".formatted(request, data));
            }
        }
        history.heard()
                .forEach((talk, words) -> {
                    for (var word : words) {
                        var seq = word.seq();
                        var event =
                                seq == null ? null : History.event(incidents, talk.incident(), seq);
                        if (event != null
                                && !Boolean.valueOf(event.getOpen()).equals(word.open())) {
                            broken.add(
                                    "%s: %s, but %s"
                                            .formatted(talk, word, History.described(event)));
                        }
                    }
                });
        return broken;
    }
}
