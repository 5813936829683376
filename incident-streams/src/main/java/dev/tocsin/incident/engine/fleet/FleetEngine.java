package dev.tocsin.incident.engine.fleet;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Rule 1's isolation and rule 2's stall, over all partitions: when what is measured says more of those who measure. One
/// incident per region, one for all, and none per check. Pure.
public final class FleetEngine {
    /// So many checks, at so many hosts, are no coincidence (DESIGN 6, rule 1).
    public static final int UNRELATED = 5;

    public static final String PIPELINE = "pipeline:stalled";
    private static final String REGION = "region:";

    /// Silence is told when it has lasted so long beyond the time in which something should have come; regions that fall silent
    /// one after the other within it are one stall. Shorter than any check waits before it tells of having no data.
    private static final Duration HOLD = Duration.ofSeconds(15);

    private static final Duration REOPEN_WITHIN = Duration.ofMinutes(10);

    /// So many earlier openings are remembered at most.
    private static final int TURNS = 100;

    /// Something to tell; `incident.seq()` is the event's.
    ///
    /// @param region null for the pipeline
    /// @param of what is known of the region now; null for the pipeline, and where no check runs any more
    public record Told(
            EventType type,
            String key,
            @Nullable String region,
            FleetIncident incident,
            @Nullable Seen of,
            Instant at,
            String reason) {
        public String id() {
            return Ids.of(incident.id(), Long.toString(incident.seq()));
        }
    }

    /// The counts behind it.
    public record Seen(int witnessed, int failingAlone, boolean silent) {
        static @Nullable Seen of(@Nullable RegionView view) {
            return view == null
                    ? null
                    : new Seen(view.witnessed(), view.failingAlone(), view.isSilent());
        }
    }

    /// An agent is bound to a region from now on, or no longer to any (null).
    public record Bound(String agentId, @Nullable String region) {}

    /// @param refused why what was heard was not taken; null when it was
    public record Step(
            FleetState next, List<Told> events, List<Bound> bound, @Nullable String refused) {}

    private final Instant now;
    private final List<Told> events = new ArrayList<>();
    private final List<Bound> bound = new ArrayList<>();
    private FleetState state;

    private FleetEngine(FleetState state, Instant now) {
        this.state = state;
        this.now = now;
    }

    /// What a partition knows now; it comes when it changes, and each second while anything is silent.
    public static Step heard(FleetState state, int partition, Evidence evidence, Instant now) {
        return new FleetEngine(state.heard(partition, evidence), now).judge();
    }

    /// What an agent says of itself.
    ///
    /// @param now null as long as it is not known how late it is: it is remembered, and nothing follows from it yet
    public static Step heard(FleetState state, String agentId, Agent agent, @Nullable Instant now) {
        var before = state.agents().get(agentId);
        boolean moves = before != null && !before.region().equals(agent.region());
        if (before != null && moves && !before.mayMove(agent.at())) {
            return new Step(
                    state,
                    List.of(),
                    List.of(),
                    "agent %s is of region %s and alive, and this heartbeat of it says %s"
                            .formatted(agentId, before.region(), agent.region()));
        }
        var engine = new FleetEngine(state.heard(agentId, agent), now == null ? agent.at() : now);
        if (before == null || moves) {
            engine.bound.add(new Bound(agentId, agent.region()));
        }
        return now == null ? engine.step() : engine.judge();
    }

    /// Time passes.
    public static Step tick(FleetState state, Instant now) {
        return new FleetEngine(state, now).judge();
    }

    /// Time stood still: what was not told yet has to last anew.
    public static FleetState resumed(FleetState state) {
        var all = new TreeMap<>(state.watched());
        all.replaceAll((_, watched) -> watched.open() ? watched : watched.since(null));
        return state.watching(all);
    }

    private Step step() {
        return new Step(state, List.copyOf(events), List.copyOf(bound), null);
    }

    private Step judge() {
        forgetAgents();
        var views = new TreeMap<String, RegionView>();
        state.regions().forEach((name, of) -> views.put(name, RegionView.of(of.values())));
        int checks = state.checks().values().stream().mapToInt(Integer::intValue).sum();
        var nothing = Trouble.ofAll(views, now);
        // A single check can say so itself.
        watch(PIPELINE, null, null, checks > 1 ? nothing : null);
        var agents = state.agents().values().stream().collect(Collectors.groupingBy(Agent::region));
        views.forEach((name, view) -> {
            boolean open = watched(REGION + name).open();
            var there = agents.getOrDefault(name, List.of());
            var trouble = Trouble.of(view, there, nothing, open, now);
            watch(REGION + name, name, Seen.of(view), trouble);
        });
        for (var key : List.copyOf(state.watched().keySet())) {
            var name = key.startsWith(REGION) ? key.substring(REGION.length()) : null;
            if (name != null && !views.containsKey(name)) {
                watch(key, name, null, null); // no check runs there any more
            }
        }
        return step();
    }

    private void forgetAgents() {
        var kept = new TreeMap<>(state.agents());
        if (kept.values().removeIf(agent -> agent.gone(now))) {
            state.agents().keySet().stream()
                    .filter(id -> !kept.containsKey(id))
                    .forEach(id -> bound.add(new Bound(id, null)));
            state = state.with(kept);
        }
    }

    private Watched watched(String key) {
        return state.watched().getOrDefault(key, Watched.FINE);
    }

    private void watch(
            String key, @Nullable String region, @Nullable Seen of, @Nullable Trouble now) {
        var before = watched(key);
        var incident = before.incident();
        if (Trouble.UNKNOWN.equals(now) && before.open()) {
            return;
        }
        if (now == null || Trouble.UNKNOWN.equals(now)) {
            put(key, watched -> watched.since(null));
            if (incident != null && incident.open()) {
                close(key, region, of, incident);
            }
            return;
        }
        var since = before.since() == null ? this.now : before.since();
        put(key, watched -> watched.since(since));
        if (!before.open() && (now.atOnce() || !this.now.isBefore(since.plus(HOLD)))) {
            open(key, region, of, now);
        }
    }

    private void open(String key, @Nullable String region, @Nullable Seen of, Trouble trouble) {
        var before = watched(key);
        var last = before.incident();
        boolean again = last != null && last.times().again(trouble.since(), now, REOPEN_WITHIN);
        var all = Turn.add(before.turns(), new Turn(now, !again));
        var turns = all.subList(Math.max(0, all.size() - TURNS), all.size());
        var incident =
                last != null && again
                        ? last.at(last.times().reopened(trouble.since(), now))
                        : new FleetIncident(
                                Ids.of(key, now.toString()),
                                0,
                                Times.opened(trouble.since(), now),
                                Turn.past(last == null ? null : last.id(), turns, now));
        var type = again ? EventType.REOPENED : EventType.OPENED;
        tell(type, key, region, of, incident, trouble.reason(), turns);
    }

    private void close(String key, @Nullable String region, @Nullable Seen of, FleetIncident open) {
        tell(
                EventType.CLOSED,
                key,
                region,
                of,
                open.at(open.times().closed(now, now)),
                of == null && region != null
                        ? "no check runs there any more"
                        : region == null ? "results come in again" : "it is heard and agrees again",
                watched(key).turns());
    }

    private void tell(
            EventType type,
            String key,
            @Nullable String region,
            @Nullable Seen of,
            FleetIncident incident,
            String reason,
            List<Turn> turns) {
        var told = incident.told();
        put(key, watched -> new Watched(watched.since(), told, turns));
        events.add(new Told(type, key, region, told, of, now, reason));
    }

    private void put(String key, UnaryOperator<Watched> change) {
        var before = watched(key);
        var next = change.apply(before);
        if (next.equals(before)) {
            return; // as a rule: no copy of all for each of them
        }
        var all = new TreeMap<>(state.watched());
        if (next.equals(Watched.FINE)) {
            all.remove(key);
        } else {
            all.put(key, next);
        }
        state = state.watching(all);
    }
}
