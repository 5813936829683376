package dev.tocsin.it.guarantee;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// A message has one id, whoever sends it and how often, and an id one content: a receiver that knows the id knows the message.
final class OneId implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        history.byId()
                .forEach((id, requests) -> {
                    for (var request : requests) {
                        if (!request.body().equals(requests.getFirst().body())) {
                            broken.add(
                                    "%s is two messages: %s and %s"
                                            .formatted(
                                                    id,
                                                    requests.getFirst().body(),
                                                    request.body()));
                            break;
                        }
                    }
                });
        var ids = new HashMap<String, String>();
        for (var request : history.requests()) {
            if (request.digest()) {
                continue; // it is another when what is due at once is
            }
            var data = request.body().path("data");
            var message =
                    "%s: %s of %s, event %s"
                            .formatted(
                                    request.target(),
                                    request.body().path("what").asText(),
                                    data.path("incident_id").asText(),
                                    data.path("seq"));
            var before = ids.putIfAbsent(message, request.id());
            if (before != null && !before.equals(request.id())) {
                broken.add("%s has two ids: %s and %s".formatted(message, before, request.id()));
            }
        }
        return broken;
    }
}
