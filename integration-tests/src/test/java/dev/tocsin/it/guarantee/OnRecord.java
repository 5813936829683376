package dev.tocsin.it.guarantee;

import dev.tocsin.schemas.DeliveryAttempt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// `delivery-attempts` agrees with the targets: what one has answered with 2xx is on record as delivered, what was on its way at a fault apart; and
/// nothing is on record that no target took, or more often.
final class OnRecord implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        Map<String, Integer> records = new HashMap<>();
        var delivered = new HashSet<String>();
        for (var attempt : history.attempts()) {
            if (attempt.getOutcome().equals("delivered")) {
                delivered.add(id(attempt));
                records.merge(id(attempt) + " " + attempt.getIncidentId(), 1, Integer::sum);
            }
        }
        var taken = new HashMap<String, Integer>();
        history.byId()
                .forEach((id, requests) -> {
                    var answered = requests.stream().filter(Request::answered).toList();
                    taken.put(id, answered.size());
                    if (!answered.isEmpty()
                            && !delivered.contains(id)
                            && !answered.stream().allMatch(history::inDoubt)) {
                        broken.add("taken, but not on record: %s".formatted(answered));
                    }
                });
        for (var id : delivered) {
            if (taken.getOrDefault(id, 0) == 0) {
                broken.add("on record as delivered, but no target took it: " + id);
            }
        }
        records.forEach((of, times) -> {
            var id = of.substring(0, of.lastIndexOf(' '));
            if (times > Math.max(1, taken.getOrDefault(id, 0))) {
                broken.add("delivered %d times on record: %s".formatted(times, of));
            }
        });
        return broken;
    }

    private static String id(DeliveryAttempt attempt) {
        return attempt.getTargetId() + " " + attempt.getDeliveryId();
    }
}
