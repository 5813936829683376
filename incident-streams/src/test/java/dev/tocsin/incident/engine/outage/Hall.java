package dev.tocsin.incident.engine.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.Command.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One group, driven by hand: seconds since the start in, events out. Whatever is added up must be what a restart adds up.
final class Hall {
    final List<OutageEngine.Told> told = new ArrayList<>();
    final List<String> joined = new ArrayList<>();

    /// Checks that were told that they are alone.
    final List<String> alone = new ArrayList<>();

    final Map<String, Member> members = new HashMap<>();
    Group group = Group.EMPTY;

    Hall hear(double second, Children children) {
        var child = children.child();
        var before = members.get(child.incidentId());
        var step = OutageEngine.step(group, "all", before, child, at(second));
        if (step.alone()) {
            alone.add(child.checkId());
        }
        return follow(step);
    }

    Hall tick(double second) {
        return follow(OutageEngine.tick(group, at(second)));
    }

    Hall note(double second, String id, @Nullable String publicText) {
        var outage = Objects.requireNonNull(group.outage()).id();
        return say(
                second,
                new Command(id, Kind.ANNOTATE, outage, "ana", "cable cut", null, publicText));
    }

    Hall say(double second, Command command) {
        return follow(OutageEngine.note(group, command, at(second)));
    }

    private Hall follow(OutageEngine.Step step) {
        told.addAll(step.events());
        step.joined().forEach(child -> joined.add(child.checkId()));
        step.members()
                .forEach((id, member) -> {
                    if (member == null) {
                        members.remove(id);
                    } else {
                        members.put(id, member);
                    }
                });
        group = step.next();
        if (members.size() < 100) {
            assertThat(Group.of(group.head(), members.values(), group.turns())).isEqualTo(group);
        }
        return this;
    }

    /// Everything that is of no use any more is gone.
    Hall forget(double second) {
        for (var member : List.copyOf(members.values())) {
            if (group.forgets(member, at(second))) {
                group = group.without(member);
                members.remove(member.child().incidentId());
            }
        }
        assertThat(Group.of(group.head(), members.values(), group.turns())).isEqualTo(group);
        return this;
    }

    static Instant at(double second) {
        return Children.START.plusMillis(Math.round(second * 1000));
    }

    List<String> types() {
        return told.stream().map(t -> t.type() + " " + t.outage().seq()).toList();
    }

    List<String> reasons() {
        return told.stream().map(OutageEngine.Told::reason).toList();
    }

    Member member(String check) {
        return Objects.requireNonNull(members.get(check + "-1"));
    }

    OutageEngine.Told last() {
        return told.getLast();
    }
}
