package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All that the engine knows of a check.
///
/// @param late the same regions as their late results show them (rule 5): those too late for `regions`. Only where these fail
/// @param incident the open one, or the last one
/// @param turns opens and reopens of the last 30 days
/// @param electorate regions that have voted since what is under way began (rule 2); empty while nothing is
/// @param partialSince when this countdown began
/// @param noDataSince likewise; not stored, so that it starts anew with a process
/// @param looksBackAt when what came late of a standstill is looked at ([Hindsight]); null when there is nothing
public record CheckState(
        Map<String, Region> regions,
        Map<String, Region> late,
        @Nullable Incident incident,
        List<Turn> turns,
        Set<String> electorate,
        @Nullable Instant partialSince,
        @Nullable Instant noDataSince,
        @Nullable Instant looksBackAt) {
    public static final CheckState EMPTY =
            new CheckState(Map.of(), Map.of(), null, List.of(), Set.of(), null, null, null);

    public CheckState {
        turns = List.copyOf(turns);
    }

    public CheckState(
            Map<String, Region> regions,
            Map<String, Region> late,
            @Nullable Incident incident,
            List<Turn> turns,
            Set<String> electorate,
            @Nullable Instant partialSince,
            @Nullable Instant noDataSince) {
        this(regions, late, incident, turns, electorate, partialSince, noDataSince, null);
    }

    /// The one region whose verdict is FAILING, or null where there are more or none; the others' last votes need not be known.
    public @Nullable String failsAlone() {
        String alone = null;
        for (var entry : regions.entrySet()) {
            if (entry.getValue().verdict() == Verdict.FAILING) {
                if (alone != null) {
                    return null;
                }
                alone = entry.getKey();
            }
        }
        return alone;
    }

    /// The first failure there of the streak.
    public @Nullable Instant failingSince(String name) {
        return region(name).since();
    }

    /// Whether something is under way: an open incident, a failure, a countdown.
    public boolean busy() {
        return counts() || regions.values().stream().anyMatch(region -> !region.quiet());
    }

    /// Whether an incident is open or a countdown runs: then also a pass where all was well is judged.
    boolean counts() {
        return (incident != null && incident.open())
                || partialSince != null
                || noDataSince != null
                || looksBackAt != null;
    }

    /// Whether one more failure of a region that fails changes nothing: what its failing leads to was told, or needs time alone.
    boolean settled(String region) {
        if (!electorate.contains(region)) {
            return false;
        }
        if (incident == null || !incident.open()) {
            return allConfirmed();
        }
        var places = incident.places();
        return incident.times().endedAt() == null
                && places.failing().contains(region)
                && !places.lost().contains(region)
                && (incident.kind() == Kind.DOWN || allConfirmed());
    }

    /// Where the newest vote of a failing region is a pass, the next failure may be the one that decides (rule 2).
    private boolean allConfirmed() {
        for (var region : regions.values()) {
            if (region.verdict() == Verdict.FAILING && !region.confirmed()) {
                return false;
            }
        }
        return true;
    }

    /// Whether its incident opened or reopened since.
    boolean turnedAfter(Instant at) {
        return !turns.isEmpty() && turns.getLast().at().isAfter(at);
    }

    public Region region(String name) {
        return regions.getOrDefault(name, Region.NEW);
    }

    Region late(String name) {
        return late.getOrDefault(name, Region.NEW);
    }

    CheckState with(String name, Region region) {
        var all = new TreeMap<>(regions);
        all.put(name, region);
        return of(all);
    }

    private CheckState of(Map<String, Region> all) {
        return new CheckState(
                all, late, incident, turns, electorate, partialSince, noDataSince, looksBackAt);
    }

    /// With regions last heard at these times (ms since 1970, 0 for never), unless they were heard later.
    public CheckState heard(List<String> names, long[] lastMs) {
        var all = new TreeMap<>(regions);
        for (int i = 0; i < lastMs.length; i++) {
            if (lastMs[i] != 0) {
                var name = names.get(i);
                all.put(name, region(name).seen(Instant.ofEpochMilli(lastMs[i])));
            }
        }
        return of(all);
    }

    /// When the region was last heard by this process, or null.
    public @Nullable Instant lastHeard(String name) {
        return region(name).lastVoteAt();
    }

    /// Without those times; one and the same for all checks where nothing else is known.
    public CheckState unheard() {
        var kept = new TreeMap<String, Region>();
        regions.forEach((name, region) -> {
            var unseen = region.unseen();
            if (!unseen.equals(Region.NEW)) {
                kept.put(name, unseen);
            }
        });
        var all = of(kept);
        return all.equals(EMPTY) ? EMPTY : all;
    }

    /// Without what is known of regions in which it does not run any more: they come back as new ones.
    CheckState within(Collection<String> configured) {
        if (configured.containsAll(regions.keySet()) && configured.containsAll(late.keySet())) {
            return this;
        }
        var kept = new TreeMap<>(regions);
        kept.keySet().retainAll(configured);
        var keptLate = new TreeMap<>(late);
        keptLate.keySet().retainAll(configured);
        return new CheckState(
                kept,
                keptLate,
                incident,
                turns,
                electorate,
                partialSince,
                noDataSince,
                looksBackAt);
    }

    CheckState withLate(String name, Region region) {
        var all = new TreeMap<>(late);
        if (region.quiet() && region.spells().isEmpty()) {
            all.remove(name);
        } else {
            all.put(name, region);
        }
        return new CheckState(
                regions, all, incident, turns, electorate, partialSince, noDataSince, looksBackAt);
    }

    /// Nothing is kept of an incident that ended longer ago than anything asks for.
    public CheckState forgotten() {
        return new CheckState(
                regions,
                Map.of(),
                null,
                List.of(),
                electorate,
                partialSince,
                noDataSince,
                looksBackAt);
    }

    /// Without the spells of late results that ended before.
    CheckState withoutSpells(Instant before) {
        var state = this;
        for (var entry : late.entrySet()) {
            var spells = entry.getValue().spells();
            var kept = spells.stream().filter(spell -> !spell.until().isBefore(before)).toList();
            if (kept.size() < spells.size()) {
                state = state.withLate(entry.getKey(), entry.getValue().with(kept));
            }
        }
        return state;
    }

    CheckState looksBackAt(@Nullable Instant at) {
        return new CheckState(
                regions, late, incident, turns, electorate, partialSince, noDataSince, at);
    }

    CheckState with(@Nullable Incident next) {
        return new CheckState(
                regions, late, next, turns, electorate, partialSince, noDataSince, looksBackAt);
    }

    CheckState with(List<Turn> next) {
        return new CheckState(
                regions, late, incident, next, electorate, partialSince, noDataSince, looksBackAt);
    }

    CheckState counting(@Nullable Instant partial, @Nullable Instant noData) {
        return new CheckState(
                regions, late, incident, turns, electorate, partial, noData, looksBackAt);
    }

    /// Who votes now counts in the quorum until what is under way is over.
    ///
    /// @param voters asked for only while something is
    CheckState electing(Supplier<Set<String>> voters) {
        boolean trouble = (incident != null && incident.open()) || partialSince != null;
        if (!trouble) {
            return electorate.isEmpty() ? this : elected(Set.of());
        }
        var voting = voters.get();
        return electorate.containsAll(voting) ? this : elected(Places.plus(electorate, voting));
    }

    private CheckState elected(Set<String> all) {
        return new CheckState(
                regions,
                late,
                incident,
                turns,
                new TreeSet<>(all),
                partialSince,
                noDataSince,
                looksBackAt);
    }

    /// Whether a restart may take this for that, apart from the regions.
    public boolean remembersHeadAs(CheckState before) {
        return Objects.equals(incident, before.incident)
                && turns.equals(before.turns)
                && electorate.equals(before.electorate)
                && Objects.equals(partialSince, before.partialSince)
                && Objects.equals(looksBackAt, before.looksBackAt);
    }

    /// Whether a restart may take this for that.
    boolean remembersAs(CheckState before) {
        return remembersHeadAs(before)
                && late.keySet().equals(before.late.keySet())
                && regions.keySet().containsAll(before.regions.keySet())
                && remembersAs(late, before.late)
                && remembersAs(regions, before.regions);
    }

    private static boolean remembersAs(Map<String, Region> now, Map<String, Region> before) {
        for (var entry : now.entrySet()) {
            var old = before.getOrDefault(entry.getKey(), Region.NEW);
            if (!entry.getValue().remembersAs(old)) {
                return false;
            }
        }
        return true;
    }
}
