package dev.tocsin.incident.engine.outage;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// An incident of a group, and its place in the group's outage: what is stored of it.
///
/// @param active whether an outage lasts because of it
/// @param outageId the outage that it is or was part of, or null
/// @param number its place among those that joined, from 1; 0 where it is part of none
/// @param answered whether its check was told, since it opened, what it is part of; while it is suppressed from then on, it is not
/// @param fine regions that were fine when they were heard last: silence makes no scope wider
public record Member(
        Child child,
        boolean active,
        @Nullable String outageId,
        int number,
        boolean answered,
        Set<String> fine) {
    public Member {
        fine = new TreeSet<>(fine);
    }

    boolean partOf(@Nullable Outage outage) {
        return outage != null && outage.id().equals(outageId);
    }

    public Member joined(String outage, int place) {
        return new Member(child, active, outage, place, answered, fine);
    }

    /// As one that was part of an outage before it was known what is active: while that is open, what is open keeps it so.
    public Member waiting(boolean outageOpen) {
        return new Member(child, child.active(outageOpen), outageId, number, answered, fine);
    }

    /// Whether this is the first that its check is to be told of.
    boolean asks(@Nullable Member before) {
        return answered && (before == null || !before.answered);
    }

    /// As the child is now.
    ///
    /// @param before what is stored of it
    public static Member of(@Nullable Member before, Child child, boolean outageOpen) {
        var unheard = child.fine();
        var silent = unheard != null ? unheard : before != null ? before.fine : Set.<String>of();
        var fine = new TreeSet<String>();
        child.regions()
                .forEach((region, standing) -> {
                    if (standing.heard() ? !child.failsIn(standing) : silent.contains(region)) {
                        fine.add(region);
                    }
                });
        boolean was = outageOpen && before != null && before.active;
        return new Member(
                child,
                child.active(was),
                before == null ? null : before.outageId,
                before == null ? 0 : before.number,
                child.open() && (!child.suppressed() || (before != null && before.answered)),
                fine);
    }
}
