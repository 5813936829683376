package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.check.Policy.NoData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A check under a 10 s interval, driven by hand: seconds since the start in, events out.
public final class World {
    public static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    public Policy policy;
    public final List<Event> events = new ArrayList<>();

    /// What its group alone was told.
    final List<Aside> asides = new ArrayList<>();

    public CheckState state = CheckState.EMPTY;
    boolean touched;

    /// When the last input wants it to be looked at next.
    @Nullable Instant deadline;

    private int sequence;

    World(String quorum, int minRegions, String... regions) {
        policy = policy(quorum, minRegions, List.of(), regions);
    }

    private static Policy policy(
            String quorum, int minRegions, List<String> dependsOn, String... regions) {
        return new Policy(
                "shop",
                "all",
                Around.NOTHING,
                Near.NOTHING,
                dependsOn,
                Duration.ofSeconds(8),
                List.of(regions),
                Duration.ofSeconds(50),
                Duration.ofSeconds(1),
                3,
                2,
                0,
                0,
                Quorum.parse(quorum),
                minRegions,
                Duration.ofSeconds(60),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                Duration.ofMinutes(15),
                Duration.ofMinutes(10),
                NoData.ALERT,
                Severity.CRITICAL);
    }

    /// A region fails by m of n instead of by a streak.
    World failures(int failures, int of) {
        var p = policy;
        policy =
                new Policy(
                        p.checkId(),
                        p.group(),
                        p.around(),
                        p.near(),
                        p.dependsOn(),
                        p.hold(),
                        p.regions(),
                        p.window(),
                        p.slot(),
                        p.failureThreshold(),
                        p.successThreshold(),
                        failures,
                        of,
                        p.quorum(),
                        p.minRegions(),
                        p.partialFor(),
                        p.recoverFor(),
                        p.staleAfter(),
                        p.noDataFor(),
                        p.reopenWithin(),
                        p.flapQuiet(),
                        p.maxResultAge(),
                        p.noData(),
                        p.severity());
        return this;
    }

    /// Maintenance of all regions is announced for [from, to).
    public World maintenance(int from, int to) {
        var window =
                new Window(
                        "upgrade",
                        Set.of(),
                        Schedule.once(START.plusSeconds(from), START.plusSeconds(to)));
        var near = policy.near();
        policy =
                policy.under(
                        policy.around(), new Near(List.of(window), near.parents(), near.reports()));
        return this;
    }

    /// These regions are cut off from now on.
    public World isolated(String... regions) {
        policy =
                policy.under(
                        new Around(
                                Set.of(regions),
                                false,
                                policy.around().resumedAt(),
                                policy.around().standstill()));
        return this;
    }

    /// Time stood still until now.
    public World resumed(int second) {
        policy = policy.under(policy.around().resumed(START.plusSeconds(second)));
        return tick(second);
    }

    /// Nobody could write anything in between.
    public World stoodStill(int from, int to) {
        var around = policy.around();
        policy =
                policy.under(
                        new Around(
                                around.isolated(),
                                around.stalled(),
                                START.plusSeconds(to),
                                new Standstill(START.plusSeconds(from), START.plusSeconds(to))));
        return tick(to);
    }

    /// Nothing is heard from anywhere.
    public World stalled(boolean now) {
        policy = policy.under(new Around(Set.of(), now, null, null));
        return this;
    }

    /// It depends on these, whose verdicts are waited for 8 s.
    public World dependsOn(String... checks) {
        policy =
                policy(
                        "majority",
                        policy.minRegions(),
                        List.of(checks),
                        policy.regions().toArray(String[]::new));
        return this;
    }

    /// What is heard of one that it depends on.
    public World parent(
            int second, String check, boolean everywhere, boolean open, String... regions) {
        var at = START.plusSeconds(second);
        var near = policy.near();
        var parents = new HashMap<>(near.parents());
        parents.put(
                check,
                new Parent(check, "incident-of-" + check, everywhere, Set.of(regions), open, at));
        policy = policy.under(policy.around(), new Near(near.windows(), parents, near.reports()));
        return tick(second);
    }

    public World reported(int second, int users) {
        var reports = new Reports(users, START.plusSeconds(second).plus(Duration.ofMinutes(5)));
        var near = policy.near();
        policy = policy.under(policy.around(), new Near(near.windows(), near.parents(), reports));
        return tick(second);
    }

    public static World of(String... regions) {
        return new World("majority", Math.min(2, regions.length), regions);
    }

    public World vote(int second, String region, Vote vote) {
        return vote(second, second, region, vote, "r" + sequence++);
    }

    public World vote(int second, int arrives, String region, Vote vote, String id) {
        var sample =
                new Sample(
                        START.plusSeconds(second),
                        vote,
                        id,
                        vote == Vote.DOWN ? "CONNECT refused" : "");
        return apply(new Input.Voted(START.plusSeconds(arrives), region, sample, null));
    }

    /// As a partition takes it: what says nothing new is only heard.
    ///
    /// @return whether that was all
    boolean quickly(SeededHistoriesTest.Result result) {
        var at = START.plusSeconds(result.at());
        var last = state.lastHeard(result.region());
        boolean known =
                Expected.of(state, result.region())
                        .is(
                                result.vote(),
                                "",
                                last == null ? 0 : last.toEpochMilli(),
                                at.toEpochMilli(),
                                START.plusSeconds(result.arrives()).toEpochMilli(),
                                policy.patience());
        if (known) {
            state = state.with(result.region(), state.region(result.region()).seen(at));
        } else {
            vote(result.at(), result.arrives(), result.region(), result.vote(), result.id());
        }
        return known;
    }

    public World all(int second, Vote vote) {
        policy.regions().forEach(region -> vote(second, region, vote));
        return this;
    }

    /// Every region votes each 10 s in [from, to).
    public World rounds(int from, int to, Vote vote) {
        for (int second = from; second < to; second += 10) {
            all(second, vote).tick(second);
        }
        return this;
    }

    /// Each 10 s in [from, to) these vote so, and all others pass.
    World some(int from, int to, Vote vote, String... which) {
        var those = Set.of(which);
        for (int second = from; second < to; second += 10) {
            for (var region : policy.regions()) {
                vote(second, region, those.contains(region) ? vote : Vote.UP);
            }
            tick(second);
        }
        return this;
    }

    World fails(int from, int to, String... which) {
        return some(from, to, Vote.DOWN, which);
    }

    /// Three times open within half an hour, in every region.
    ///
    /// @return the second at which it passes again for good
    int flaps(int from) {
        int second = from;
        for (int turn = 0; turn < 3; turn++, second += 80) {
            rounds(second, second + 30, Vote.DOWN).rounds(second + 30, second + 80, Vote.UP);
        }
        return second;
    }

    public World tick(int second) {
        return apply(new Input.Tick(START.plusSeconds(second), "tick" + second));
    }

    /// A person's command on the check's incident as it is now.
    public World command(int second, String id, Command.Kind kind, int untilSecond) {
        var incident = java.util.Objects.requireNonNull(state.incident()).id();
        var until = untilSecond == 0 ? null : START.plusSeconds(untilSecond);
        return apply(
                new Input.Commanded(
                        START.plusSeconds(second),
                        new Command(id, kind, incident, "ana", "on it", until, null)));
    }

    boolean incidentOpen() {
        return state.incident() != null && state.incident().open();
    }

    /// The one that it has had.
    Incident incident() {
        return java.util.Objects.requireNonNull(state.incident());
    }

    public World apply(Input input) {
        var step = IncidentEngine.step(state, input, policy);
        deadline = step.deadline();
        state = step.next();
        touched = step.stores() || step.judged();
        events.addAll(step.events());
        if (step.aside() != null) {
            asides.add(step.aside());
        }
        return this;
    }

    public List<String> told() {
        return events.stream().map(e -> e.type() + " " + e.incident().kind()).toList();
    }
}
