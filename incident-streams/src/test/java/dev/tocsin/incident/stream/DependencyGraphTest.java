package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DependencyGraphTest {
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    private final MapStore store = new MapStore();
    private final Post post = new Post();
    private DependencyGraph graph = new DependencyGraph(store, post.outbox, post.leftOut);

    private @Nullable String set(String check, String... parents) {
        return graph.take(
                Wire.signal("s", SignalKind.DEPENDENCIES, check, parents.length > 0, NOW)
                        .setRelated(List.of(parents))
                        .build(),
                NOW);
    }

    private List<String> told() {
        var told =
                post.signals.stream()
                        .map(signal ->
                                signal.getRelated()
                                        + (signal.getActive() ? " on " : " off ")
                                        + signal.getSubject())
                        .toList();
        post.signals.clear();
        return told;
    }

    @Test
    void tenThousandThatDependOnOneCostEachWhatOneCosts() {
        for (int check = 0; check < 10_000; check++) {
            set("mail-read-old-" + check, "edge-dns");
        }
        assertThat(store.writes).isEqualTo(10_000);
        assertThat(store.bytes).isLessThan(1_000_000);
        assertThat(store.largest).isLessThan(100);
        assertThat(post.signals).hasSize(10_000);
        assertThat(post.largest).isLessThan(300);
        set("edge-dns", "router");
        assertThat(store.writes).isEqualTo(10_001);
    }

    @Test
    void aCircleIsNamedToWhoeverClosesItAndUsedOnceItIsGoneAlsoAfterARestart() {
        assertThat(set("shop", "dns")).isNull();
        assertThat(told()).containsExactly("[shop] on dns");
        assertThat(set("dns", "shop"))
                .isEqualTo("depends-on makes a circle, and is not used there: dns -> shop -> dns");
        assertThat(told()).containsExactly("[shop] off dns");
        graph = new DependencyGraph(store, post.outbox, post.leftOut);
        assertThat(set("shop")).isNull();
        assertThat(told()).containsExactly("[dns] on shop");
        set("dns");
        assertThat(told()).containsExactly("[dns] off shop");
        assertThat(store.entries).isEmpty();
    }

    @Test
    void whatIsToldHasItsOwnId() {
        set("shop", "dns", "db");
        assertThat(post.signals.stream().map(Signal::getSignalId))
                .containsExactly("depends-on/shop/db/" + NOW, "depends-on/shop/dns/" + NOW);
    }

    @Test
    void whatWasStoredBefore01IsReadOnce() {
        store.entries.put(
                "state",
                "\u0003{\"parents\":{\"shop\":[\"db\",\"dns\"]}}".getBytes(StandardCharsets.UTF_8));
        graph = new DependencyGraph(store, post.outbox, post.leftOut);
        assertThat(store.entries).containsOnlyKeys("check/shop");
        assertThat(set("db", "shop")).contains("db -> shop -> db");
        set("shop", "dns");
        assertThat(told()).containsExactly("[shop] off db", "[db] on shop");
    }
}
