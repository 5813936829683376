package dev.tocsin.incident.engine.outage;

import dev.tocsin.incident.engine.Severity;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What follows from the members of a group, kept up by plus and minus, so that no step costs more the more there are.
///
/// @param checks those that have an active incident
/// @param severities of the active ones
/// @param regions as the active ones see them
/// @param alone active, while no outage is open: of one check at most
/// @param services of those that are or were part of the outage, `open` how many of those are open
/// @param otherwise how many of those were closed for another reason than that they pass again
/// @param named the first of those, by number
public record Sums(
        Tally checks,
        Map<Severity, Integer> severities,
        Map<String, RegionSum> regions,
        Map<String, Member> alone,
        Tally services,
        int open,
        int otherwise,
        Map<Integer, Child> named) {
    public static final int NAMED = 50;

    public static final Sums NONE =
            new Sums(Tally.NONE, Map.of(), Map.of(), Map.of(), Tally.NONE, 0, 0, Map.of());

    static Sums of(Collection<Member> members, @Nullable Outage outage) {
        var sums = NONE;
        for (var member : members) {
            sums = sums.plus(member, outage);
        }
        return sums;
    }

    Sums plus(Member member, @Nullable Outage outage) {
        return with(member, outage, 1);
    }

    Sums minus(Member member, @Nullable Outage outage) {
        return with(member, outage, -1);
    }

    /// As a new outage begins: nothing is part of it yet.
    Sums fresh() {
        return new Sums(checks, severities, regions, alone, Tally.NONE, 0, 0, Map.of());
    }

    private Sums with(Member member, @Nullable Outage outage, int by) {
        var child = member.child();
        boolean active = member.active();
        boolean part = member.partOf(outage);
        boolean isAlone = active && (outage == null || !outage.open());
        boolean isNamed = part && member.number() <= NAMED;
        return new Sums(
                active ? checks.plus(child.checkId(), by) : checks,
                active ? severities(child, by) : severities,
                active ? regions(member, by) : regions,
                isAlone ? set(alone, child.incidentId(), by > 0 ? member : null) : alone,
                part ? services.plus(child.service(), by) : services,
                part && child.open() ? open + by : open,
                part && child.otherwise() ? otherwise + by : otherwise,
                isNamed ? set(named, member.number(), by > 0 ? child : null) : named);
    }

    private Map<Severity, Integer> severities(Child child, int by) {
        var all = new EnumMap<Severity, Integer>(Severity.class);
        all.putAll(severities);
        all.merge(child.severity(), by, Sums::sum);
        return all;
    }

    private static @Nullable Integer sum(int a, int b) {
        return a + b == 0 ? null : a + b;
    }

    private Map<String, RegionSum> regions(Member member, int by) {
        var all = new TreeMap<>(regions);
        var child = member.child();
        child.regions()
                .forEach((region, standing) -> {
                    var sum =
                            all.getOrDefault(region, RegionSum.NONE)
                                    .plus(
                                            standing,
                                            child.failsIn(standing),
                                            member.fine().contains(region),
                                            by);
                    if (sum.equals(RegionSum.NONE)) {
                        all.remove(region);
                    } else {
                        all.put(region, sum);
                    }
                });
        return all;
    }

    private static <K, V> Map<K, V> set(Map<K, V> map, K key, @Nullable V value) {
        var all = new TreeMap<>(map);
        if (value == null) {
            all.remove(key);
        } else {
            all.put(key, value);
        }
        return all;
    }

    /// The children that are named, in the order in which they joined.
    public List<Child> children() {
        return List.copyOf(new TreeMap<>(named).values());
    }
}
