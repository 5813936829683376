package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.Events;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What the engine might tell of some hours: incidents alone, in outages, hidden, flapping, reopened. The order of each incident's events is kept, those of
/// different ones come in any order within two seconds.
final class Story {
    static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final IncidentKind[] KINDS = {
        IncidentKind.DOWN, IncidentKind.PARTIAL, IncidentKind.DEGRADED
    };
    private static final Severity[] SEVERITIES = {
        Severity.WARNING, Severity.ERROR, Severity.CRITICAL
    };

    private record Action(long at, long number, Runnable does) {}

    private final class Subject {
        final String id;
        final @Nullable Group group;
        final Map<String, String> labels;
        long seq;
        long startedAt;
        long failingSince;
        long toldAt;
        long fedAt;
        boolean open;
        boolean flapping;
        boolean grouped;
        Severity severity = Severity.WARNING;
        IncidentKind kind = IncidentKind.DOWN;
        int regions = 1;
        @Nullable String acknowledgedBy;
        @Nullable String suppressedBy;
        @Nullable Instant snoozedUntil;
        @Nullable String outage;
        final List<Subject> members = new ArrayList<>();

        Subject(String id, @Nullable Group group, Map<String, String> labels) {
            this.id = id;
            this.group = group;
            this.labels = labels;
        }

        boolean active() {
            return open && !flapping && suppressedBy == null;
        }

        void tell(IncidentEventType type, String reason) {
            toldAt = Math.max(now, toldAt);
            fedAt = Math.max(fedAt, toldAt + random.nextInt(2000));
            var builder =
                    IncidentEvent.newBuilder(Events.event(id, ++seq, type, severity, labels))
                            .setKind(kind)
                            .setOpen(open)
                            .setReason(reason)
                            .setFlapping(flapping)
                            .setGrouped(group == null || grouped)
                            .setGroup(group == null ? null : group.name)
                            .setCheckId(group == null ? null : id)
                            .setRegions(failing(regions))
                            .setAcknowledgedBy(acknowledgedBy)
                            .setSuppressedBy(suppressedBy)
                            .setSnoozedUntil(snoozedUntil)
                            .setOutageId(outage)
                            .setStartedAt(time(startedAt))
                            .setFailingSince(time(failingSince))
                            .setAt(time(toldAt));
            if (group == null) {
                builder.setChildren(members.stream().map(Story::child).toList())
                        .setChildrenCount(members.size())
                        .setChildrenOpen(
                                (int)
                                        members.stream()
                                                .filter(member ->
                                                        member.open && id.equals(member.outage))
                                                .count());
            }
            fed.add(new Fed(time(fedAt), builder.build()));
            if (random.nextInt(20) == 0) {
                fed.add(new Fed(time(fedAt + random.nextInt(3000)), builder.build()));
            }
        }
    }

    private static OutageChild child(Subject member) {
        return new OutageChild(
                member.id, member.id, member.id, "", member.kind, member.open, member.labels);
    }

    /// Of services: two that are active in it at once are an outage.
    private static final class Group {
        final String name;
        final boolean solo;
        final List<Subject> all = new ArrayList<>();
        @Nullable Subject outage;
        long closedAt;

        Group(String name, boolean solo) {
            this.name = name;
            this.solo = solo;
        }
    }

    final List<Fed> fed = new ArrayList<>();
    private final Random random;
    private final PriorityQueue<Action> actions =
            new PriorityQueue<>(
                    Comparator.comparingLong(Action::at).thenComparingLong(Action::number));
    private final Map<String, Group> groups = new HashMap<>();
    private long now;
    private long number;
    private int names;

    Story(Random random, Duration span) {
        this.random = random;
        long length = span.toMillis();
        int storms = 1 + random.nextInt(4);
        for (int i = 0; i < storms; i++) {
            long from = random.nextLong(length);
            int size = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 6);
            boolean together = random.nextBoolean();
            var group = "g" + random.nextInt(2);
            for (int j = 0; j < size; j++) {
                begin(from + random.nextInt(20_000), together ? group : "solo-" + i + "-" + j);
            }
        }
        int alone = 2 + random.nextInt(8);
        for (int i = 0; i < alone; i++) {
            begin(random.nextLong(length), random.nextInt(3) == 0 ? "g0" : "alone-" + i);
        }
        for (var action = actions.poll(); action != null; action = actions.poll()) {
            now = action.at();
            action.does().run();
        }
        fed.sort(Comparator.comparing(Fed::at));
    }

    /// Whether other checks are in the event's group.
    static boolean hasOthers(IncidentEvent event) {
        return event.getGroup() != null && event.getGroup().startsWith("g");
    }

    private static Instant time(long at) {
        return START.plusMillis(at);
    }

    private static List<RegionStatus> failing(int regions) {
        var all = new ArrayList<RegionStatus>();
        for (int i = 0; i < regions; i++) {
            all.add(
                    RegionStatus.newBuilder()
                            .setRegion("r" + i)
                            .setVerdict(RegionVerdict.FAILING)
                            .build());
        }
        return all;
    }

    private void in(long delay, Runnable does) {
        actions.add(new Action(now + delay, number++, does));
    }

    private void begin(long at, String name) {
        var group = groups.computeIfAbsent(name, _ -> new Group(name, !name.startsWith("g")));
        var subject =
                new Subject("i" + names++, group, Map.of("team", random.nextBoolean() ? "a" : "b"));
        group.all.add(subject);
        in(at, () -> open(subject, IncidentEventType.OPENED));
    }

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private void open(Subject it, IncidentEventType type) {
        it.open = true;
        it.failingSince = now;
        it.startedAt = type == IncidentEventType.OPENED ? now : it.startedAt;
        it.acknowledgedBy = null;
        it.snoozedUntil = null;
        it.outage = null;
        it.flapping = false;
        it.grouped = false;
        it.severity = one(SEVERITIES);
        it.suppressedBy = random.nextInt(8) == 0 ? "maintenance:upgrade" : null;
        it.tell(type, "failing");
        long life = random.nextInt(4) == 0 ? random.nextInt(60_000) : random.nextInt(3_000_000);
        if (it.suppressedBy == null) {
            in(random.nextInt(random.nextInt(8) == 0 ? 20_000 : 3000), () -> answer(it));
        } else if (random.nextBoolean()) {
            in(random.nextLong(life + 1), () -> unsuppress(it));
        }
        int changes = random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            in(random.nextLong(life + 1), () -> change(it));
        }
        in(life, () -> close(it));
    }

    /// The group's owner says what it is part of.
    private void answer(Subject it) {
        if (!it.active() || it.grouped || it.group == null) {
            return;
        }
        var group = it.group;
        var others = group.all.stream().filter(other -> other != it && other.active()).toList();
        var outage = group.outage;
        if (outage != null && outage.open) {
            join(it, outage);
            update(outage);
        } else if (group.solo || others.isEmpty()) {
            it.grouped = true;
            it.tell(IncidentEventType.UPDATED, "alone in its group for now");
        } else {
            boolean again = outage != null && now < group.closedAt + 600_000;
            var next =
                    again && outage != null ? outage : new Subject("o" + names++, null, Map.of());
            group.outage = next;
            next.open = true;
            next.kind = IncidentKind.OUTAGE;
            next.startedAt = again ? next.startedAt : now;
            next.failingSince = now;
            others.forEach(other -> join(other, next));
            join(it, next);
            next.tell(
                    again ? IncidentEventType.REOPENED : IncidentEventType.OPENED,
                    "failing at once");
        }
    }

    private void join(Subject it, Subject outage) {
        it.grouped = true;
        it.outage = outage.id;
        if (!outage.members.contains(it)) {
            outage.members.add(it);
        }
        worst(outage);
        in(
                random.nextInt(1500),
                () -> {
                    if (it.open && outage.id.equals(it.outage)) {
                        it.tell(IncidentEventType.UPDATED, "part of an outage of several checks");
                    }
                });
    }

    private static void worst(Subject outage) {
        outage.severity =
                outage.members.stream()
                        .filter(member -> member.open)
                        .map(member -> member.severity)
                        .max(Comparator.naturalOrder())
                        .orElse(outage.severity);
    }

    private void update(Subject outage) {
        if (outage.open) {
            worst(outage);
            outage.tell(IncidentEventType.UPDATED, "grew or shrank");
        }
    }

    private void changed(Subject it) {
        var outage = it.group == null ? null : it.group.outage;
        if (outage == null || !outage.open || !outage.id.equals(it.outage) || it.group == null) {
            return;
        }
        if (outage.members.stream()
                .noneMatch(member -> member.active() && outage.id.equals(member.outage))) {
            outage.open = false;
            it.group.closedAt = now;
            outage.tell(IncidentEventType.CLOSED, "nothing of it fails any more");
            for (var member : outage.members) {
                if (member.open && outage.id.equals(member.outage)) {
                    member.outage = null;
                    member.tell(
                            IncidentEventType.UPDATED, "the outage that it was part of is over");
                }
            }
        } else {
            update(outage);
        }
    }

    private void unsuppress(Subject it) {
        if (it.open && it.suppressedBy != null) {
            it.suppressedBy = null;
            it.snoozedUntil = null;
            it.tell(IncidentEventType.UNSUPPRESSED, "no longer hidden");
            changed(it);
            in(random.nextInt(3000), () -> answer(it));
        }
    }

    private void change(Subject it) {
        if (!it.open) {
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> {
                it.acknowledgedBy = it.acknowledgedBy == null ? "ann" : null;
                it.tell(
                        it.acknowledgedBy == null
                                ? IncidentEventType.UNACKNOWLEDGED
                                : IncidentEventType.ACKNOWLEDGED,
                        "by ann");
            }
            case 1 -> it.tell(IncidentEventType.ANNOTATED, "note " + it.id + "/" + number++);
            case 2 -> suppress(it, random.nextBoolean());
            case 3 -> {
                if (!it.flapping) {
                    it.flapping = true;
                    it.tell(IncidentEventType.FLAPPING_STARTED, "flaps");
                    changed(it);
                    in(random.nextInt(900_000), () -> settle(it));
                }
            }
            default -> measure(it);
        }
    }

    /// Something else is measured, for a while perhaps.
    private void measure(Subject it) {
        var kind = it.kind;
        var severity = it.severity;
        int regions = it.regions;
        it.kind = one(KINDS);
        it.severity = one(SEVERITIES);
        it.regions = 1 + random.nextInt(3);
        it.tell(IncidentEventType.UPDATED, "measured");
        changed(it);
        if (random.nextBoolean()) {
            in(
                    random.nextInt(60_000),
                    () -> {
                        if (it.open) {
                            it.kind = kind;
                            it.severity = severity;
                            it.regions = regions;
                            it.tell(IncidentEventType.UPDATED, "measured as before");
                            changed(it);
                        }
                    });
        }
    }

    private void suppress(Subject it, boolean snooze) {
        if (it.suppressedBy == null) {
            it.suppressedBy = snooze ? "snooze:ann" : "maintenance:upgrade";
            it.snoozedUntil = snooze ? time(now + 600_000) : null;
            it.tell(snooze ? IncidentEventType.SNOOZED : IncidentEventType.SUPPRESSED, "hidden");
            changed(it);
            in(random.nextInt(600_000), () -> unsuppress(it));
        }
    }

    private void settle(Subject it) {
        if (it.open && it.flapping) {
            it.flapping = false;
            it.tell(IncidentEventType.FLAPPING_STOPPED, "settled");
            changed(it);
        }
    }

    private void close(Subject it) {
        if (!it.open) {
            return;
        }
        it.open = false;
        it.flapping = false;
        it.tell(IncidentEventType.CLOSED, "recovered");
        changed(it);
        if (random.nextInt(5) == 0) {
            in(
                    random.nextInt(30_000),
                    () -> {
                        if (!it.open) {
                            it.tell(IncidentEventType.UPDATED, "late results corrected the past");
                        }
                    });
        }
        if (random.nextInt(4) == 0) {
            in(1 + random.nextInt(500_000), () -> open(it, IncidentEventType.REOPENED));
        }
    }
}
