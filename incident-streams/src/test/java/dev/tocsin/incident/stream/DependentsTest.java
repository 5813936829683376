package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DependentsTest {
    private final MapStore store = new MapStore();
    private final Post post = new Post();
    private final Dependents dependents = new Dependents(store, post.outbox, post.leftOut);

    @Test
    void tenThousandThatDependOnOneCostEachWhatOneCosts() {
        for (int check = 0; check < 10_000; check++) {
            dependents.set("dns", "mail-read-old-" + check, true);
            dependents.set("dns", "mail-read-old-" + check, true); // as is known
        }
        assertThat(store.writes).isEqualTo(10_000);
        assertThat(store.bytes).isLessThan(500_000);
        assertThat(store.largest).isLessThan(100);
        for (int check = 0; check < 10_000; check++) {
            dependents.set("dns", "mail-read-old-" + check, false);
        }
        assertThat(store.entries).isEmpty();
    }
}
