package dev.tocsin.incident.engine.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.dependency.Dependencies.Edge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Rule 7: of what is wanted, what lies on no circle is in use.
class CirclesTest {
    private final Dependencies graph = new Dependencies();

    private static Edge edge(String child, String parent) {
        return new Edge(child, parent);
    }

    @Test
    void rule7ACircleIsRefusedAndTheRestOfTheGraphIsNot() {
        assertThat(graph.set("shop", List.of("dns", "db")).begun())
                .containsExactly(edge("shop", "db"), edge("shop", "dns"));
        var circle = graph.set("dns", List.of("router", "shop"));
        assertThat(circle.circles()).containsExactly("dns -> shop -> dns");
        assertThat(circle.begun()).containsExactly(edge("dns", "router"));
        assertThat(circle.ended()).containsExactly(edge("shop", "dns"));
        assertThat(graph.set("db", List.of("db")).circles()).containsExactly("db -> db");
        assertThat(graph.parents("db")).isEmpty();
        assertThat(graph.parents("shop")).containsExactly("db");
        assertThat(graph.parents("dns")).containsExactly("router");
        var gone = graph.set("shop", List.of("db"));
        assertThat(gone.ended()).isEmpty();
        assertThat(gone.begun()).containsExactly(edge("dns", "shop"));
        assertThat(gone.circles()).isEmpty();
        assertThat(graph.parents("dns")).containsExactly("router", "shop");
    }

    @Test
    void rule7TheSameAgainChangesNothingAndLessEndsWhatIsGone() {
        graph.set("shop", List.of("dns", "db"));
        var same = graph.set("shop", List.of("db", "dns", "db"));
        assertThat(same.begun()).isEmpty();
        assertThat(same.ended()).isEmpty();
        assertThat(graph.set("shop", List.of()).ended())
                .containsExactly(edge("shop", "db"), edge("shop", "dns"));
        assertThat(graph.parents("shop")).isEmpty();
    }

    @Test
    void rule7OneThatIsTurnedRoundIsUsedWhicheverEndIsHeardFirst() {
        graph.set("a", List.of("b"));
        var circle = graph.set("b", List.of("a"));
        assertThat(circle.circles()).containsExactly("b -> a -> b");
        assertThat(circle.begun()).isEmpty();
        assertThat(circle.ended()).containsExactly(edge("a", "b"));
        var turned = graph.set("a", List.of());
        assertThat(turned.begun()).containsExactly(edge("b", "a"));
        assertThat(turned.ended()).isEmpty();
    }

    @Test
    void rule7TwoCirclesThroughOneCheckAreBrokenOneByOne() {
        graph.set("a", List.of("b"));
        graph.set("b", List.of("c", "d"));
        graph.set("c", List.of("a"));
        graph.set("d", List.of("a", "c"));
        assertThat(graph.parents("a")).isEmpty();
        assertThat(graph.set("c", List.of()).begun())
                .containsExactly(edge("b", "c"), edge("d", "c"));
        assertThat(graph.parents("a")).isEmpty();
        assertThat(graph.set("b", List.of("c")).begun())
                .containsExactly(edge("a", "b"), edge("d", "a"));
    }

    /// As it must be, found the long way: in use exactly when there is no way back.
    private static Set<Edge> inUse(Map<String, List<String>> wanted) {
        var used = new TreeSet<Edge>();
        wanted.forEach((child, parents) -> {
            for (var parent : parents) {
                var seen = new HashSet<String>();
                var next = new ArrayDeque<>(List.of(parent));
                while (!next.isEmpty()) {
                    var at = next.remove();
                    if (seen.add(at)) {
                        next.addAll(wanted.getOrDefault(at, List.of()));
                    }
                }
                if (!seen.contains(child)) {
                    used.add(edge(child, parent));
                }
            }
        });
        return used;
    }

    @Test
    void rule7WhatIsInUseFollowsFromWhatIsWantedAndNotFromItsOrder() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var tested = new Dependencies();
            var wanted = new HashMap<String, List<String>>();
            var used = new TreeSet<Edge>();
            for (int step = 0; step < 60; step++) {
                var check = "c" + random.nextInt(7);
                var parents = new ArrayList<String>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    parents.add("c" + random.nextInt(7));
                }
                wanted.put(check, parents);
                var change = tested.set(check, parents);
                assertThat(change.begun()).noneMatch(used::contains);
                assertThat(change.ended()).allMatch(used::contains);
                used.removeAll(change.ended());
                used.addAll(change.begun());
                assertThat(used).isEqualTo(inUse(wanted));
                var refused = new TreeSet<>(parents);
                refused.removeAll(tested.parents(check));
                assertThat(change.circles()).hasSameSizeAs(refused);
                assertThat(change.circles())
                        .allMatch(circle ->
                                circle.startsWith(check + " -> ")
                                        && circle.endsWith(" -> " + check));
            }
        }
    }

    @Test
    void rule7EveryOrderOfTheSameChangesEndsTheSame() {
        var changes =
                List.of(
                        Map.entry("a", List.of("b")),
                        Map.entry("b", List.of("c")),
                        Map.entry("c", List.of("a", "d")),
                        Map.entry("d", List.of("e")),
                        Map.entry("e", List.of("b")));
        var ends = new HashSet<Set<Edge>>();
        permute(
                new ArrayList<>(changes),
                0,
                order -> {
                    var tested = new Dependencies();
                    order.forEach(change -> tested.set(change.getKey(), change.getValue()));
                    tested.set("e", List.of());
                    var used = new TreeSet<Edge>();
                    for (var check : List.of("a", "b", "c", "d", "e")) {
                        tested.parents(check).forEach(parent -> used.add(edge(check, parent)));
                    }
                    ends.add(used);
                });
        assertThat(ends).containsExactly(new TreeSet<>(Set.of(edge("c", "d"), edge("d", "e"))));
    }

    private static <T> void permute(List<T> all, int from, Consumer<List<T>> each) {
        if (from == all.size()) {
            each.accept(all);
        }
        for (int i = from; i < all.size(); i++) {
            Collections.swap(all, from, i);
            permute(all, from + 1, each);
            Collections.swap(all, from, i);
        }
    }

    @Test
    void rule7AChainOfTenThousandIsNoTroubleAndItsCircleIsToldInShort() {
        for (int i = 0; i < 10_000; i++) {
            graph.set("c" + i, List.of("c" + (i + 1)));
        }
        var circle = graph.set("c10000", List.of("c0"));
        assertThat(circle.circles())
                .containsExactly(
                        "c10000 -> c0 -> c1 -> c2 -> c3 -> c4 -> c5 -> c6 -> c7 -> c8 -> (9991 more) -> c10000");
        assertThat(circle.ended()).hasSize(10_000);
        assertThat(graph.set("c10000", List.of()).begun()).hasSize(10_000);
    }

    @Test
    void rule7OfManyCirclesAFewAreToldAndTheRestIsCounted() {
        var all = new ArrayList<String>();
        for (int i = 10; i < 30; i++) {
            graph.set("c" + i, List.of("hub"));
            all.add("c" + i);
        }
        assertThat(graph.set("hub", all).circles())
                .hasSize(11)
                .startsWith("hub -> c10 -> hub")
                .endsWith("and 10 more");
    }
}
