package dev.tocsin.standalone.bench;

import dev.tocsin.agent.schedule.Pace;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.IncidentEngine;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.partition.Replay;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Tocsin's own: the engine and the agent's pace as they run, under the default policy.
final class Ours implements Rule {
    private final Policy policy;
    private final List<String> names;
    private final List<Pace> paces;
    private final boolean[] unsettled;
    private CheckState state = CheckState.EMPTY;
    private @Nullable Instant deadline;
    private long opened;
    private long votes;

    Ours(int regions, long interval) {
        names = IntStream.range(0, regions).mapToObj(region -> "r" + region).toList();
        var definition =
                CheckDefinition.newBuilder()
                        .setCheckId("simulated")
                        .setConfigVersion("v1")
                        .setName("Simulated")
                        .setService("simulated")
                        .setUrl("http://simulated/")
                        .setProbe("http")
                        .setIntervalMs(interval)
                        .setTimeoutMs(interval)
                        .setRegions(names)
                        .setIncident(IncidentPolicy.newBuilder().build())
                        .build();
        policy = new Replay(definition, List.of()).policy();
        paces = names.stream().map(region -> new Pace(definition, region)).toList();
        unsettled = new boolean[regions];
    }

    @Override
    public int regions() {
        return names.size();
    }

    @Override
    public long next(int region, boolean up, long at, long slot) {
        long next =
                paces.get(region)
                        .next(
                                up ? Outcome.PASS : Outcome.FAIL,
                                Instant.ofEpochMilli(at),
                                Instant.ofEpochMilli(slot))
                        .toEpochMilli();
        unsettled[region] = !up || next < slot;
        return next;
    }

    @Override
    public void vote(int region, boolean up, long at) {
        var now = Instant.ofEpochMilli(at);
        if (deadline != null && !now.isBefore(deadline)) {
            step(new Input.Tick(now, "t" + at));
        }
        var sample =
                new Sample(
                        now, up ? Vote.UP : Vote.DOWN, "v" + votes++, up ? "" : "CONNECT refused");
        step(new Input.Voted(now, names.get(region), sample, null));
    }

    private void step(Input input) {
        var step = IncidentEngine.step(state, input, policy);
        state = step.next();
        deadline = step.judged() ? step.deadline() : deadline;
        for (var event : step.events()) {
            if (event.type() == EventType.OPENED || event.type() == EventType.REOPENED) {
                opened++;
            }
        }
    }

    @Override
    public boolean open() {
        var incident = state.incident();
        return incident != null && incident.times().closedAt() == null;
    }

    @Override
    public long opened() {
        return opened;
    }

    @Override
    public boolean settled() {
        for (var waits : unsettled) {
            if (waits) {
                return false;
            }
        }
        return !open();
    }
}
