package dev.tocsin.incident.engine.outage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void itCountsAsASortedMapDoesAndWhatWasBeforeStays() {
        var random = new Random(7);
        var tally = Tally.NONE;
        var map = new TreeMap<String, Integer>();
        for (int i = 0; i < 5000; i++) {
            var key = "key" + random.nextInt(300);
            int by = random.nextInt(5) - 2;
            var before = tally;
            var names = before.first(1000);
            tally = tally.plus(key, by);
            map.merge(key, by, (a, b) -> a + b == 0 ? null : a + b);
            map.values().removeIf(count -> count == 0);
            assertThat(tally.size()).isEqualTo(map.size());
            assertThat(before.first(1000)).isEqualTo(names);
        }
        assertThat(tally.first(1000)).containsExactlyElementsOf(map.keySet());
        assertThat(tally.first(3))
                .containsExactlyElementsOf(List.copyOf(map.keySet()).subList(0, 3));
        assertThat(tally.first(0)).isEmpty();
    }

    @Test
    void theSameCountsAreEqualHoweverTheyCameAbout() {
        var keys = new ArrayList<String>();
        for (int i = 0; i < 100; i++) {
            keys.add("key" + i);
        }
        var one = Tally.NONE.plus("gone", 1);
        for (var key : keys) {
            one = one.plus(key, 2);
        }
        one = one.plus("gone", -1);
        Collections.shuffle(keys, new Random(1));
        var other = Tally.NONE;
        for (var key : keys) {
            other = other.plus(key, 1).plus(key, 1);
        }
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one).isNotEqualTo(other.plus("key1", 1)).isNotEqualTo(other.plus("key1", -2));
        assertThat(Tally.NONE.plus("none", 0)).isEqualTo(Tally.NONE);
    }

    @Test
    void aHundredThousandInOrderMakeNoList() {
        var tally = Tally.NONE;
        for (int i = 0; i < 100_000; i++) {
            tally = tally.plus("%08d".formatted(i), 1);
        }
        assertThat(tally.size()).isEqualTo(100_000);
        assertThat(tally.first(2)).containsExactly("00000000", "00000001");
        assertThat(tally.hashCode()).isNotEqualTo(Tally.NONE.hashCode());
    }
}
