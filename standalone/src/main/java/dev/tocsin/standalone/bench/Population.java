package dev.tocsin.standalone.bench;

import dev.tocsin.schemas.CheckDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Who fails on a bad day.
///
/// @param group checks of one group
/// @param others each of a group of its own, so that none of them is part of an outage
record Population(List<String> group, List<String> others) {
    static final int OTHERS = 100;

    static final Duration INTERVAL = Duration.ofSeconds(10);

    /// Failures in a row.
    static final int THRESHOLD = 3;

    private static final String GROUP = "mail";

    static Population of(int checks) {
        return new Population(ids("mail-", checks), ids("other-", OTHERS));
    }

    private static List<String> ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /// Everything about them by the default policy.
    Map<String, CheckDefinition> definitions() {
        var all = new LinkedHashMap<String, CheckDefinition>();
        for (int i = 0; i < group.size(); i++) {
            // As in life, a service has many checks and a group many services.
            all.put(group.get(i), definition(group.get(i), GROUP, "mail-service-" + i / 100));
        }
        others.forEach(id -> all.put(id, definition(id, id, id)));
        return all;
    }

    private static CheckDefinition definition(String id, String group, String service) {
        return CheckDefinition.newBuilder(Load.check(id, group, INTERVAL.toMillis(), THRESHOLD))
                .setService(service)
                .build();
    }

    /// All checks, the others evenly among the group's: none of them is first in a queue, or last.
    List<String> mixed() {
        var all = new ArrayList<String>();
        int next = 0;
        for (int i = 0; i < group.size(); i++) {
            all.add(group.get(i));
            while ((long) next * group.size() < (long) (i + 1) * others.size()) {
                all.add(others.get(next++));
            }
        }
        return all;
    }

    /// The keys of the group's incidents, the outage's among them.
    Set<String> withOutage() {
        var all = new HashSet<>(group);
        all.add("outage:" + GROUP);
        return all;
    }
}
