package dev.tocsin.page.view;

import dev.tocsin.schemas.PlainText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Of many what people are shown by name: the worst, in the order that they had; the rest is counted. Programs get all regions, checks and incidents.
///
/// @param rest by status, the worst first
public record Named<T>(List<T> shown, Map<Status, List<T>> rest) {
    /// Of each of many: the page loads itself again every few seconds.
    static final int AT_MOST = 20;

    static <T> Named<T> worst(List<T> all, int atMost, Function<T, Status> status) {
        if (all.size() <= atMost) {
            return new Named<>(all, Map.of());
        }
        var byStatus = Comparator.comparing(status).reversed();
        var worst = new HashSet<>(all.stream().sorted(byStatus).limit(atMost).toList());
        var shown = new ArrayList<T>();
        var rest = new TreeMap<Status, List<T>>(Comparator.reverseOrder());
        for (var one : all) {
            if (worst.contains(one)) {
                shown.add(one);
            } else {
                rest.computeIfAbsent(status.apply(one), _ -> new ArrayList<>()).add(one);
            }
        }
        return new Named<>(shown, rest);
    }

    /// The first of them, and how many more there are; by what people called them, which turns nothing around.
    ///
    /// @param count of all, where they are not all there
    static String some(Collection<String> names, int count) {
        return names.stream().limit(AT_MOST).map(PlainText::shown).collect(Collectors.joining(", "))
                + (count > AT_MOST ? " and %,d more".formatted(count - AT_MOST) : "");
    }

    static String some(Collection<String> names) {
        return some(names, names.size());
    }
}
