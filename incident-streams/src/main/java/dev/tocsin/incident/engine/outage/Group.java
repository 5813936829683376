package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Turn;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of a group of services, but for its members, of which there may be many.
///
/// @param sums follow from the members, and are not stored
/// @param turns outages of the last 30 days, so many at most
public record Group(Head head, Sums sums, List<Turn> turns) {
    /// What is stored at each change.
    ///
    /// @param now its clock: when the latest of what it has heard was decided
    /// @param outage the open one, or the last one
    public record Head(Instant now, @Nullable Outage outage, Pending pending) {
        public static final Head EMPTY = new Head(Instant.EPOCH, null, Pending.NOTHING);
    }

    public static final Group EMPTY = new Group(Head.EMPTY, Sums.NONE, List.of());

    public Group {
        turns = List.copyOf(turns);
    }

    /// As it was stored.
    public static Group of(Head head, Collection<Member> members, List<Turn> turns) {
        return new Group(head, Sums.of(members, head.outage()), turns);
    }

    public @Nullable Outage outage() {
        return head.outage();
    }

    /// Whether something has happened that was not told yet.
    public boolean pending() {
        var outage = head.outage();
        return outage != null
                && outage.open()
                && !head.pending().reason(outage.told(), Extent.of(sums)).isEmpty();
    }

    /// Whether a member is of no use any more: it is closed, and nothing that it was part of can reopen.
    public boolean forgets(Member member, Instant now) {
        if (member.child().open()) {
            return false;
        }
        var outage = head.outage();
        var until = outage == null ? null : outage.rememberedUntil();
        return !member.partOf(outage) || (until != null && now.isAfter(until));
    }

    /// Without that member.
    public Group without(Member member) {
        return new Group(head, sums.minus(member, head.outage()), turns);
    }
}
