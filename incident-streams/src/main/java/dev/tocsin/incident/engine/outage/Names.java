package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Clip;
import java.util.ArrayList;
import java.util.List;

/// A few names, and how many more there are.
public record Names(List<String> first, int more) {
    public static final Names NONE = new Names(List.of(), 0);

    private static final int FEW = 5;
    private static final int LONG = 80;

    public Names {
        first = List.copyOf(first);
    }

    /// @param total how many there are, at least those given
    public static Names of(List<String> some, int total) {
        int shown = total <= FEW ? Math.min(some.size(), FEW) : Math.min(some.size(), 3);
        return new Names(
                some.subList(0, shown).stream().map(name -> Clip.to(LONG, name)).toList(),
                total - shown);
    }

    Names plus(String name) {
        if (first.size() == FEW) {
            return new Names(first, more + 1);
        }
        var all = new ArrayList<>(first);
        all.add(Clip.to(LONG, name));
        return new Names(all, more);
    }

    /// Where it is one of the first.
    Names without(String name) {
        var rest = new ArrayList<>(first);
        return rest.remove(Clip.to(LONG, name)) ? new Names(rest, more) : this;
    }

    int count() {
        return first.size() + more;
    }

    /// `a, b, c and 47 more`.
    @Override
    public String toString() {
        var some = String.join(", ", first);
        return more == 0 ? some : some + " and " + more + " more";
    }
}
