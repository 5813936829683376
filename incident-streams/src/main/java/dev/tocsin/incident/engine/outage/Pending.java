package dev.tocsin.incident.engine.outage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What has happened in an outage since it was told last. How bad it is now is compared when it is told, so that what came and
/// went in between is not said.
///
/// @param quiet that pass everywhere and are open only because they flap
public record Pending(Names joined, Names recovered, Names quiet, Names changed) {
    public static final Pending NOTHING =
            new Pending(Names.NONE, Names.NONE, Names.NONE, Names.NONE);

    Pending joined(String name) {
        return new Pending(joined.plus(name), recovered, quiet.without(name), changed);
    }

    Pending recovered(String name) {
        return new Pending(joined.without(name), recovered.plus(name), quiet, changed);
    }

    Pending quiet(String name) {
        return new Pending(joined.without(name), recovered, quiet.plus(name), changed);
    }

    Pending changed(String name) {
        return new Pending(joined, recovered, quiet, changed.plus(name));
    }

    /// In words, empty when there is nothing to say.
    String reason(Extent told, Extent now) {
        var reasons = new ArrayList<String>();
        add(reasons, "also failing: ", joined);
        add(reasons, "recovered: ", recovered);
        add(reasons, "passing, but flapping: ", quiet);
        add(reasons, "", changed);
        add(reasons, "also in ", more(now.failing(), told.failing()));
        add(reasons, "no longer in ", more(told.failing(), now.failing()));
        if (now.severity() != told.severity()) {
            reasons.add("now " + now.severity());
        }
        if (now.global() != told.global() && reasons.isEmpty()) {
            reasons.add(now.global() ? "no region is fine any more" : "not in every region");
        }
        return String.join("; ", reasons);
    }

    private static void add(List<String> reasons, String what, Names names) {
        if (names.count() > 0) {
            reasons.add(what + names);
        }
    }

    private static Names more(Set<String> these, Set<String> than) {
        var rest = new TreeSet<>(these);
        rest.removeAll(than);
        return Names.of(List.copyOf(rest), rest.size());
    }
}
