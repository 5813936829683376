package dev.tocsin.it.guarantee;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A message that was taken is sent again, under its id, only where its answer was lost: by the target, or by a fault while it was on its way, and once for
/// each.
final class Repetitions implements Guarantee {
    @Override
    public List<String> broken(History history) {
        var broken = new ArrayList<String>();
        history.byId()
                .forEach((id, requests) -> {
                    var taken = requests.stream().filter(Request::taken).toList();
                    long lost = taken.stream().filter(request -> !request.answered()).count();
                    var faults = new HashSet<Fault>();
                    taken.stream()
                            .filter(Request::answered)
                            .map(history::faultsAt)
                            .forEach(faults::addAll);
                    for (var request : taken.subList(0, Math.max(0, taken.size() - 1))) {
                        if (!history.inDoubt(request)) {
                            broken.add(
                                    "%s: was taken, and came again: %s; on record %s, faults then %s"
                                            .formatted(
                                                    id,
                                                    taken,
                                                    history.onRecord(request),
                                                    history.faultsAt(request)));
                            return;
                        }
                    }
                    if (taken.size() > 1 + lost + faults.size()) {
                        broken.add(
                                "%s: came more often than answers were lost: %s"
                                        .formatted(id, taken));
                    }
                });
        return broken;
    }

    /// How many there were.
    ///
    /// @param answered of what the target had answered, so that only a fault can be their cause; else of what it had not
    static long count(History history, boolean answered) {
        return history.byId().values().stream()
                .map(requests -> requests.stream().filter(Request::taken).toList())
                .filter(taken -> taken.size() > 1)
                .flatMap(taken -> taken.subList(0, taken.size() - 1).stream())
                .filter(request -> request.answered() == answered)
                .count();
    }
}
