package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Resolution;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.outage.Child;
import dev.tocsin.incident.engine.outage.Extent;
import dev.tocsin.incident.engine.outage.Group;
import dev.tocsin.incident.engine.outage.Member;
import dev.tocsin.incident.engine.outage.Outage;
import dev.tocsin.incident.engine.outage.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What 0.1.0 stored of a group: all of it in one value.
public final class OldOutages {
    private record OldTimes(
            Instant startedAt,
            Instant openedAt,
            @Nullable Instant endedAt,
            @Nullable Instant closedAt) {}

    private record OldOutage(
            String id,
            long seq,
            OldTimes times,
            Map<String, Child> children,
            Set<String> failing,
            Past past,
            @Nullable String traceparent) {}

    private record State(
            Map<String, Child> children, @Nullable OldOutage outage, List<Turn> turns) {}

    private OldOutages() {}

    /// In the words of today.
    public record Read(Group.Head head, List<Member> members, List<Turn> turns) {}

    public static Read read(byte[] stored) {
        var state = StateCodec.decode(stored, State.class);
        var old = state.outage();
        var all = new TreeMap<>(state.children());
        if (old != null) {
            old.children().forEach(all::putIfAbsent);
        }
        var members =
                all.values().stream()
                        .sorted(
                                Comparator.comparing(Child::startedAt)
                                        .thenComparing(Child::incidentId))
                        .map(child -> Member.of(null, child, false))
                        .toList();
        if (old == null) {
            return new Read(Group.Head.EMPTY, members, state.turns());
        }
        var numbered = new ArrayList<Member>();
        int joined = 0;
        boolean open = old.times().closedAt() == null;
        for (var member : members) {
            boolean part = old.children().containsKey(member.child().incidentId());
            numbered.add(part ? member.waiting(open).joined(old.id(), ++joined) : member);
        }
        return new Read(
                new Group.Head(Instant.EPOCH, outage(old, joined), Pending.NOTHING),
                numbered,
                state.turns());
    }

    private static Outage outage(OldOutage old, int joined) {
        var times = old.times();
        var severity =
                old.children().values().stream()
                        .map(Child::severity)
                        .max(Severity::compareTo)
                        .orElse(Severity.WARNING);
        var extent = new Extent(severity, false, old.failing());
        return new Outage(
                old.id(),
                old.seq(),
                Instant.EPOCH,
                new Times(
                        times.startedAt(),
                        times.startedAt(),
                        Duration.ZERO,
                        times.openedAt(),
                        times.endedAt(),
                        times.closedAt(),
                        times.openedAt()),
                joined,
                extent,
                extent,
                null,
                times.closedAt() == null ? null : Resolution.RECOVERED,
                old.children().values().stream()
                        .map(Child::reopenWithin)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO),
                old.past(),
                old.traceparent(),
                List.of());
    }
}
