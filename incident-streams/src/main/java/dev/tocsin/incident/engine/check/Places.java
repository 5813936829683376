package dev.tocsin.incident.engine.check;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/// Where an incident is, as far as it is known.
///
/// @param failed regions that ever failed in it: all of them must pass before it closes
/// @param failing those of them that have not been seen to recover; silence is no recovery
/// @param fine regions that were seen fine last: while there is one the incident is not global, and silence takes none away
/// @param lost those of `failed` that are not heard any more, once told
public record Places(Set<String> failed, Set<String> failing, Set<String> fine, Set<String> lost) {
    public Places {
        failed = new TreeSet<>(failed);
        failing = new TreeSet<>(failing);
        fine = new TreeSet<>(fine);
        lost = new TreeSet<>(lost);
    }

    static Places of(Set<String> failing, Set<String> fine) {
        return new Places(failing, failing, fine, Set.of());
    }

    boolean everywhere() {
        return fine.isEmpty();
    }

    static Set<String> plus(Collection<String> some, Collection<String> more) {
        var all = new TreeSet<>(some);
        all.addAll(more);
        return all;
    }

    static Set<String> minus(Collection<String> some, Collection<String> without) {
        var rest = new TreeSet<>(some);
        rest.removeAll(without);
        return rest;
    }
}
