package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.fleet.Agent;
import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import dev.tocsin.incident.engine.fleet.FleetIncident;
import dev.tocsin.incident.engine.fleet.FleetState;
import dev.tocsin.incident.engine.fleet.Watched;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How agents and regions are kept.
class FleetEntriesTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private final Map<String, byte[]> store = new TreeMap<>();
    private int written;

    private void write(String key, byte @Nullable [] value) {
        written++;
        if (value == null) {
            store.remove(key);
        } else {
            store.put(key, value);
        }
    }

    private FleetState read() {
        var entries = new FleetEntries();
        new HashMap<>(store).forEach(entries::read);
        return entries.state(this::write);
    }

    private static Evidence.Of of(@Nullable Silence silence) {
        return new Evidence.Of(
                800,
                8,
                START,
                Set.of("0a1b2c3d", "1a1b2c3d", "2a1b2c3d", "3a1b2c3d", "4a1b2c3d"),
                true,
                silence,
                Duration.ofSeconds(30));
    }

    private static Watched watched() {
        return new Watched(
                START,
                new FleetIncident("i", 3, Times.opened(START, START), new Past("h", 1, 2)),
                List.of(new Turn(START, true)));
    }

    private static FleetState state(int partitions, int regions) {
        var checks = new TreeMap<Integer, Integer>();
        var all = new TreeMap<String, Map<Integer, Evidence.Of>>();
        for (int partition = 0; partition < partitions; partition++) {
            checks.put(partition, 833);
            for (int region = 0; region < regions; region++) {
                all.computeIfAbsent("region/" + region, _ -> new TreeMap<>())
                        .put(partition, of(Silence.quiet(START)));
            }
        }
        return new FleetState(
                checks,
                all,
                Map.of("a/1", new Agent("us", "refused", START, true)),
                Map.of("region:us", watched()));
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        var state = state(3, 2);
        FleetEntries.write(FleetState.EMPTY, state, this::write);
        assertThat(read()).isEqualTo(state);
        assertThat(written).as("reading writes nothing").isEqualTo(store.size());
    }

    @Test
    void noValueGrowsWithPartitionsAndRegions() {
        FleetEntries.write(FleetState.EMPTY, state(24, 155), this::write);
        assertThat(store).hasSize(24 * 155 + 24 + 2);
        assertThat(store.values()).allMatch(value -> value.length < 400);
    }

    @Test
    void onlyWhatHasChangedIsWritten() {
        var before = state(24, 155);
        FleetEntries.write(FleetState.EMPTY, before, this::write);
        written = 0;
        var regions = new TreeMap<>(before.regions());
        var partitions = new TreeMap<>(regions.get("region/7"));
        partitions.put(5, of(null));
        partitions.remove(6);
        regions.put("region/7", partitions);
        regions.remove("region/8");
        var after = new FleetState(before.checks(), regions, Map.of(), before.watched());
        FleetEntries.write(before, after, this::write);
        assertThat(written).isEqualTo(1 + 1 + 24 + 1);
        assertThat(read()).isEqualTo(after);
    }

    @Test
    void theSameAgainWritesNothing() {
        FleetEntries.write(state(2, 2), state(2, 2), this::write);
        assertThat(written).isZero();
    }

    @Test
    void whatEarlierVersionsStoredAsOneValueIsReadOnceAndRewritten() {
        var old =
                """
                {"evidence":{"4":{"checks":10,"regions":{
                   "us":{"witnessed":9,"failingAlone":5,"failingSince":1795478400.000000000,"targets":["host"],"heard":true,"quietSince":null},
                   "eu":{"witnessed":9,"failingAlone":0,"failingSince":null,"targets":[],"heard":false,"quietSince":1795478400.000000000}}}},
                 "agents":{"us-1":{"region":"us","offline":null,"at":1795478400.000000000}},
                 "watched":{"region:us":{"since":1795478400.000000000,
                   "incident":{"id":"i","seq":3,"times":{"startedAt":1795478400.000000000,"openedAt":1795478401.000000000,
                      "endedAt":null,"closedAt":null,"changedAt":1795478402.000000000},"past":{"previousId":"h","in7Days":1,"in30Days":2}},
                   "turns":[{"at":1795478400.000000000,"isNew":true}]},
                  "pipeline:stalled":{"since":1795478400.000000000,"incident":null,"turns":[]}}}
                """;
        var json = old.getBytes(StandardCharsets.UTF_8);
        var bytes = new byte[json.length + 1];
        bytes[0] = StateCodec.VERSION;
        System.arraycopy(json, 0, bytes, 1, json.length);
        store.put("state", bytes);
        var at = Instant.ofEpochSecond(1_795_478_400);
        var patience = Duration.ofSeconds(30);
        var expected =
                new FleetState(
                        Map.of(4, 10),
                        Map.of(
                                "us",
                                Map.of(
                                        4,
                                        new Evidence.Of(
                                                9, 5, at, Set.of("host"), true, null, patience)),
                                "eu",
                                Map.of(
                                        4,
                                        new Evidence.Of(
                                                9,
                                                0,
                                                null,
                                                Set.of(),
                                                false,
                                                Silence.quiet(at),
                                                patience))),
                        Map.of("us-1", new Agent("us", null, at, false)),
                        Map.of(
                                "region:us",
                                new Watched(
                                        at,
                                        new FleetIncident(
                                                "i",
                                                3,
                                                new Times(
                                                        at,
                                                        at,
                                                        Duration.ZERO,
                                                        at.plusSeconds(1),
                                                        null,
                                                        null,
                                                        at.plusSeconds(2)),
                                                new Past("h", 1, 2)),
                                        List.of(new Turn(at, true))),
                                "pipeline:stalled",
                                new Watched(at, null, List.of())));
        assertThat(read()).isEqualTo(expected);
        assertThat(store).doesNotContainKey("state").hasSize(6);
        assertThat(read()).isEqualTo(expected);
    }
}
