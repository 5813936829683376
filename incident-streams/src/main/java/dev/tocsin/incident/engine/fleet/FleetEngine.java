package dev.tocsin.incident.engine.fleet;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Ids;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.check.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /// Silence is told when it has lasted so long beyond the time in which something should have come; regions that fall silent
    /// one after the other within it are one stall. Shorter than any check waits before it tells of having no data.
    private static final Duration HOLD = Duration.ofSeconds(15);

    /// An agent that has not said for so long that it is fine has no say: three heartbeats. That it is cut off it may not be
    /// able to repeat.
    private static final Duration FINE_FOR = Duration.ofSeconds(30);

    private static final Duration OFFLINE_FOR = Duration.ofMinutes(10);

    private static final Duration REOPEN_WITHIN = Duration.ofMinutes(10);

    /// An agent's own word.
    ///
    /// @param offline why it takes itself to be cut off, or null
    public record Agent(String region, @Nullable String offline, Instant at) {
        boolean counts(Instant now) {
            return now.isBefore(at.plus(offline == null ? FINE_FOR : OFFLINE_FOR));
        }
    }

    /// A region or the pipeline.
    ///
    /// @param since when what is wrong with it began; null while nothing is
    public record Watched(
            @Nullable Instant since, @Nullable FleetIncident incident, List<Turn> turns) {
        static final Watched FINE = new Watched(null, null, List.of());

        public Watched {
            turns = List.copyOf(turns);
        }

        boolean open() {
            return incident != null && incident.open();
        }
    }

    /// @param evidence by partition
    /// @param agents by id
    /// @param watched by key, `region:us` or `pipeline:stalled`; only those that ever had an incident or may have one
    public record State(
            Map<Integer, Evidence> evidence,
            Map<String, Agent> agents,
            Map<String, Watched> watched) {
        public static final State EMPTY = new State(Map.of(), Map.of(), Map.of());

        public State {
            evidence = new TreeMap<>(evidence);
            agents = new TreeMap<>(agents);
            watched = new TreeMap<>(watched);
        }
    }

    /// Something to tell; `incident.seq()` is the event's.
    ///
    /// @param region null for the pipeline
    /// @param of what is known of the region now; null for the pipeline
    public record Told(
            EventType type,
            String key,
            @Nullable String region,
            FleetIncident incident,
            Evidence.@Nullable Of of,
            Instant at,
            String reason) {
        public String id() {
            return Ids.of(incident.id(), Long.toString(incident.seq()));
        }
    }

    public record Step(State next, List<Told> events) {}

    /// What is wrong now.
    ///
    /// @param atOnce it is told, and not only when it lasts
    private record Trouble(Instant since, boolean atOnce, String reason) {}

    private final Instant now;
    private final List<Told> events = new ArrayList<>();
    private State state;

    private FleetEngine(State state, Instant now) {
        this.state = state;
        this.now = now;
    }

    /// What a partition knows now; it comes when it changes, and each second while anything is quiet.
    public static Step heard(State state, int partition, Evidence evidence, Instant now) {
        var all = new TreeMap<>(state.evidence());
        all.put(partition, evidence);
        return new FleetEngine(new State(all, state.agents(), state.watched()), now).judge();
    }

    /// What an agent says of itself.
    public static Step heard(State state, String agentId, Agent agent, Instant now) {
        var all = new TreeMap<>(state.agents());
        all.values().removeIf(old -> !old.counts(now));
        all.put(agentId, agent);
        return new FleetEngine(new State(state.evidence(), all, state.watched()), now).judge();
    }

    private Step judge() {
        var regions = new TreeMap<String, Evidence.Of>();
        state.evidence()
                .values()
                .forEach(evidence ->
                        evidence.regions()
                                .forEach((name, of) -> regions.merge(name, of, Evidence.Of::and)));
        int checks = state.evidence().values().stream().mapToInt(Evidence::checks).sum();
        boolean nothing =
                !regions.isEmpty()
                        && regions.values().stream().allMatch(of -> of.quietSince() != null);
        watch(
                PIPELINE,
                null,
                null,
                nothing && checks > 1 // a single check can say so itself
                        ? new Trouble(
                                regions.values().stream()
                                        .map(Evidence.Of::quietSince)
                                        .filter(Objects::nonNull)
                                        .max(Instant::compareTo)
                                        .orElse(now),
                                false,
                                "nothing is heard from any of "
                                        + String.join(", ", regions.keySet())
                                        + ": nothing is measured")
                        : null);
        regions.forEach(
                (name, of) -> watch("region:" + name, name, of, trouble(name, of, nothing)));
        for (var key : List.copyOf(state.watched().keySet())) {
            var name = key.startsWith("region:") ? key.substring("region:".length()) : null;
            if (name != null && !regions.containsKey(name)) {
                watch(key, name, null, null); // no check runs there any more
            }
        }
        return new Step(state, events);
    }

    private @Nullable Trouble trouble(String region, Evidence.Of of, boolean nothing) {
        boolean open = state.watched().getOrDefault("region:" + region, Watched.FINE).open();
        var agents =
                state.agents().values().stream()
                        .filter(agent -> agent.region().equals(region))
                        .filter(agent -> agent.counts(now))
                        .toList();
        if (!agents.isEmpty() && agents.stream().allMatch(agent -> agent.offline() != null)) {
            return new Trouble(
                    now,
                    true,
                    "its own canaries fail: "
                            + agents.stream()
                                    .map(Agent::offline)
                                    .distinct()
                                    .collect(Collectors.joining("; ")));
        }
        // Once isolated it stays so until most of that is over, or it would come and go with the
        // last check.
        int enough = Math.max(UNRELATED, Math.ceilDiv(of.witnessed(), 2));
        if (of.failingAlone() >= (open ? Math.max(2, enough / 2) : enough)
                && (open || of.targets().size() >= UNRELATED)) {
            return new Trouble(
                    of.failingSince() == null ? now : of.failingSince(),
                    true,
                    "%d of %d checks fail there alone, all other regions see them up"
                            .formatted(of.failingAlone(), of.witnessed()));
        }
        // What was never heard was never there; and where nothing is heard at all, that is told
        // instead.
        if (of.quietSince() != null && (open || (of.heard() && !nothing))) {
            return new Trouble(of.quietSince(), false, "nothing is heard from there");
        }
        return null;
    }

    private void watch(
            String key, @Nullable String region, Evidence.@Nullable Of of, @Nullable Trouble now) {
        var before = state.watched().getOrDefault(key, Watched.FINE);
        if (now == null) {
            var incident = before.incident();
            put(key, w -> new Watched(null, w.incident(), w.turns()));
            if (incident != null && incident.open()) {
                close(key, region, of, incident);
            }
            return;
        }
        var since = before.since() == null ? this.now : before.since();
        put(key, w -> new Watched(since, w.incident(), w.turns()));
        if (!before.open() && (now.atOnce() || !this.now.isBefore(since.plus(HOLD)))) {
            open(key, region, of, now);
        }
    }

    private void open(
            String key, @Nullable String region, Evidence.@Nullable Of of, Trouble trouble) {
        var before = state.watched().getOrDefault(key, Watched.FINE);
        var last = before.incident();
        boolean again = last != null && last.times().again(trouble.since(), now, REOPEN_WITHIN);
        var turns = Turn.add(before.turns(), new Turn(now, !again));
        var incident =
                last != null && again
                        ? last.at(last.times().reopened(trouble.since(), now))
                        : new FleetIncident(
                                Ids.of(key, now.toString()),
                                0,
                                Times.opened(trouble.since(), now),
                                Turn.past(last == null ? null : last.id(), turns, now));
        tell(
                again ? EventType.REOPENED : EventType.OPENED,
                key,
                region,
                of,
                incident,
                trouble.reason(),
                turns);
    }

    private void close(
            String key, @Nullable String region, Evidence.@Nullable Of of, FleetIncident open) {
        tell(
                EventType.CLOSED,
                key,
                region,
                of,
                open.at(open.times().closed(now, now)),
                region == null ? "results come in again" : "it is heard and agrees again",
                state.watched().getOrDefault(key, Watched.FINE).turns());
    }

    private void tell(
            EventType type,
            String key,
            @Nullable String region,
            Evidence.@Nullable Of of,
            FleetIncident incident,
            String reason,
            List<Turn> turns) {
        var told = incident.told();
        put(key, w -> new Watched(w.since(), told, turns));
        events.add(new Told(type, key, region, told, of, now, reason));
    }

    private void put(String key, UnaryOperator<Watched> change) {
        var all = new TreeMap<>(state.watched());
        var next = change.apply(all.getOrDefault(key, Watched.FINE));
        if (next.equals(Watched.FINE)) {
            all.remove(key);
        } else {
            all.put(key, next);
        }
        state = new State(state.evidence(), state.agents(), all);
    }
}
