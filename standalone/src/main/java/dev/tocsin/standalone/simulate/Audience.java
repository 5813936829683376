package dev.tocsin.standalone.simulate;

import dev.tocsin.incident.partition.Rehearsal.Told;
import dev.tocsin.notifier.rehearsal.BrokenPromise;
import dev.tocsin.notifier.rehearsal.Fault;
import dev.tocsin.notifier.rehearsal.Fed;
import dev.tocsin.notifier.rehearsal.Script;
import dev.tocsin.notifier.rehearsal.Seen;
import dev.tocsin.notifier.rehearsal.World;
import dev.tocsin.notifier.rehearsal.World.Troubles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Who is told of a universe: what the engine told goes through the notifier's core, with targets and notifiers that fail by the same seed, and what people heard
/// is judged.
final class Audience {
    private static final int MOST_ON_THE_WAY_MS = 2_000;
    private static final int ONE_IN_SO_MANY_DOUBLED = 50;

    /// @param wrong what they were told wrong; null when nothing
    record Heard(Seen seen, @Nullable String wrong) {}

    private Audience() {}

    static Heard of(Universe universe, List<Told> told, Fault fault) {
        var random = Universe.random(universe.seed(), 4);
        var script =
                new Script(
                        Universe.START,
                        Duration.ofMillis(Universe.LENGTH),
                        feed(universe, told, random),
                        event -> universe.hasOthers(event.getGroup()));
        try {
            return new Heard(new World(random, script, Troubles.ALL, fault).run(), null);
        } catch (BrokenPromise e) {
            return new Heard(Seen.NOTHING, "seed " + universe.seed() + ": " + e.getMessage());
        }
    }

    /// The events of an incident come in their order, those of different ones in any within two seconds. What was decided on while nobody decides comes once
    /// somebody does.
    private static List<Fed> feed(Universe universe, List<Told> told, RandomGenerator random) {
        var fed = new ArrayList<Fed>();
        var last = new HashMap<String, Instant>();
        for (var one : told) {
            var event = one.written();
            var at = decided(universe, one.at()).plusMillis(random.nextInt(MOST_ON_THE_WAY_MS));
            var before = last.getOrDefault(event.getIncidentId(), at);
            at = before.isAfter(at) ? before : at;
            last.put(event.getIncidentId(), at);
            fed.add(new Fed(at, event));
            if (random.nextInt(ONE_IN_SO_MANY_DOUBLED) == 0) {
                fed.add(new Fed(at.plusMillis(random.nextInt(MOST_ON_THE_WAY_MS)), event));
            }
        }
        fed.sort(Comparator.comparing(Fed::at));
        return fed;
    }

    private static Instant decided(Universe universe, Instant at) {
        long time = Duration.between(Universe.START, at).toMillis();
        return universe.troubles().stream()
                .filter(trouble -> trouble.kind() == Trouble.Kind.STREAMS_DOWN && trouble.at(time))
                .map(trouble -> Universe.START.plusMillis(trouble.to()))
                .max(Comparator.naturalOrder())
                .orElse(at);
    }
}
