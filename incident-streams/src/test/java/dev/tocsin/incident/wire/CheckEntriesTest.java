package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Handling;
import dev.tocsin.incident.engine.check.Heard;
import dev.tocsin.incident.engine.check.Incident;
import dev.tocsin.incident.engine.check.Places;
import dev.tocsin.incident.engine.check.Region;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Spell;
import dev.tocsin.incident.engine.check.Suppression;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.check.Worst;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a restart remembers of a check.
class CheckEntriesTest {
    private static final Instant AT = Instant.parse("2026-11-24T00:00:00.123Z");

    private static final Incident INCIDENT =
            new Incident(
                    "i1",
                    7,
                    AT.plusSeconds(3),
                    AT.plusSeconds(5),
                    Kind.PARTIAL,
                    Severity.ERROR,
                    new Worst(Kind.DOWN, Severity.CRITICAL, true),
                    new Times(
                            AT,
                            AT.plusSeconds(300),
                            Duration.ofSeconds(40),
                            AT.plusSeconds(1),
                            AT.plusSeconds(400),
                            null,
                            AT.plusSeconds(2)),
                    new Places(Set.of("us", "eu"), Set.of("us"), Set.of("ap"), Set.of("eu")),
                    true,
                    new Past("i0", 1, 2),
                    new Incident.Context(
                            "all",
                            new Suppression("depends-on:dns", "i9"),
                            "o1",
                            true,
                            new Handling("ana", "ben", AT.plusSeconds(60), List.of("c1", "c0")),
                            6),
                    "00-1-2-01",
                    Heard.FAILS);

    private static Region region(String failure) {
        return new Region(
                List.of(
                        new Sample(AT, Vote.DOWN, "a/1/1", "CONNECT refused"),
                        new Sample(AT.plusSeconds(10), Vote.DOWN, "a/1/2", "CONNECT refused"),
                        new Sample(AT.plusSeconds(20), Vote.UP, "a/1/3", ""),
                        new Sample(AT.plusSeconds(30), Vote.DEGRADED, "a/1/4", failure)),
                Verdict.FAILING,
                AT,
                null,
                AT.minusSeconds(9),
                AT.plusSeconds(30));
    }

    private static CheckState state() {
        return new CheckState(
                Map.of("us", region("slow"), "eu", region("höß\u0000x")),
                Map.of("eu", region("late")),
                INCIDENT,
                List.of(new Turn(AT, true), new Turn(AT.plusSeconds(300), false)),
                Set.of("ap", "eu", "us"),
                AT,
                AT);
    }

    private static CheckState back(Map<String, byte[]> stored) {
        var entries = new CheckEntries();
        stored.forEach(entries::read);
        return entries.states().getOrDefault("shop", CheckState.EMPTY);
    }

    private static void write(CheckState before, CheckState after, Map<String, byte[]> stored) {
        CheckEntries.write(
                "shop",
                before,
                after,
                (key, bytes) -> {
                    if (bytes == null) {
                        stored.remove(key);
                    } else {
                        stored.put(key, bytes);
                    }
                });
    }

    @Test
    void aCheckComesBackButForItsLastSeenTimesAndTheCountdownOfSilence() {
        var stored = new TreeMap<String, byte[]>();
        write(CheckState.EMPTY, state(), stored);
        var back = back(stored);
        assertThat(back.regions()).isEqualTo(state().unheard().regions());
        assertThat(back.late()).isEqualTo(Map.of("eu", region("late").unseen()));
        assertThat(back.incident()).isEqualTo(INCIDENT);
        assertThat(back.turns()).isEqualTo(state().turns());
        assertThat(back.electorate()).isEqualTo(state().electorate());
        assertThat(back.partialSince()).isEqualTo(AT);
        assertThat(back.noDataSince()).isNull();
        assertThat(back.region("us").lastVoteAt()).isNull();
    }

    @Test
    void whatIsToBeLookedAtAfterAStandstillComesBack() {
        var spells =
                List.of(
                        new Spell(AT, AT.plusSeconds(20), AT.plusSeconds(60), "CONNECT refused"),
                        new Spell(
                                AT.plusSeconds(90), AT.plusSeconds(110), AT.plusSeconds(130), ""));
        var late = new Region(List.of(), Verdict.PASSING, null, AT, AT, null, spells);
        var state =
                new CheckState(
                        Map.of(),
                        Map.of("eu", late),
                        null,
                        List.of(),
                        Set.of(),
                        null,
                        null,
                        AT.plusSeconds(170));
        var stored = new TreeMap<String, byte[]>();
        write(CheckState.EMPTY, state, stored);
        assertThat(back(stored)).isEqualTo(state);
        var looked =
                new CheckState(Map.of(), Map.of("eu", late), null, List.of(), Set.of(), null, null);
        write(state, looked, stored);
        assertThat(back(stored)).isEqualTo(looked);
    }

    @Test
    void aVoteOfOneRegionWritesThatRegionAlone() {
        var stored = new TreeMap<String, byte[]>();
        var before = state();
        var regions = new TreeMap<>(before.regions());
        regions.put("us", region("something else"));
        var after =
                new CheckState(
                        regions,
                        before.late(),
                        before.incident(),
                        before.turns(),
                        before.electorate(),
                        before.partialSince(),
                        before.noDataSince());
        write(before, after, stored);
        assertThat(stored).hasSize(1);
        assertThat(stored.firstEntry().getValue()).hasSizeLessThan(150);
    }

    @Test
    void whatIsNoLongerThereIsDeleted() {
        var stored = new TreeMap<String, byte[]>();
        write(CheckState.EMPTY, state(), stored);
        assertThat(stored).hasSize(4);
        write(state(), CheckState.EMPTY, stored);
        assertThat(stored).isEmpty();
    }

    @Test
    void aCheckThatOnlyPassesWritesNothing() {
        var quiet = new Region(List.of(), Verdict.PASSING, null, null, null, AT);
        var stored = new TreeMap<String, byte[]>();
        write(
                CheckState.EMPTY,
                new CheckState(Map.of("us", quiet), Map.of(), null, List.of(), Set.of(), null, AT),
                stored);
        assertThat(stored).isEmpty();
    }

    /// As 0.1.0 stored it: see its StateCodec, version 3.
    @Test
    void whatAnEarlierVersionStoredAsAWholeIsReadAndWrittenAnew() {
        var json =
                """
                {"regions":{"us":{"samples":[{"at":1795478400.123000000,"vote":"DOWN","id":"us/agent/1/7","failure":"CONNECT refused"}],
                 "verdict":"FAILING","since":1795478400.123000000,"passingSince":null,"settledAt":1795478390.000000000,"lastVoteAt":null}},
                 "late":{},
                 "incident":{"id":"i1","seq":3,"kind":"DOWN","severity":"CRITICAL",
                  "times":{"startedAt":1795478400.123000000,"openedAt":1795478401.000000000,"endedAt":null,"closedAt":null,"changedAt":1795478401.000000000},
                  "failed":["us"],"lost":[],"flapping":false,"past":{"previousId":"i0","in7Days":1,"in30Days":2},
                  "context":{"group":"all","suppression":{"by":"snooze:ana","rootIncidentId":null},"outageId":"o1",
                   "handling":{"acknowledgedBy":"ana","snoozedBy":null,"snoozedUntil":null,"commands":["c1"]},"reportedBy":2},
                  "traceparent":"00-1-2-01"},
                 "turns":[{"at":1795478401.000000000,"isNew":true}],"parents":{},
                 "reports":{"users":0,"until":0.0},"partialSince":null,"noDataSince":null}
                """;
        var text = json.getBytes(StandardCharsets.UTF_8);
        var bytes = new byte[text.length + 1];
        bytes[0] = 3;
        System.arraycopy(text, 0, bytes, 1, text.length);
        var entries = new CheckEntries();
        entries.read("shop", bytes);
        assertThat(entries.old()).containsExactly("shop");
        var state = entries.states().getOrDefault("shop", CheckState.EMPTY);
        assertThat(state.region("us").samples())
                .containsExactly(new Sample(AT, Vote.DOWN, "agent/1/7", "CONNECT refused"));
        assertThat(state.region("us").settledAt()).isEqualTo("2026-11-23T23:59:50Z");
        var incident = java.util.Objects.requireNonNull(state.incident());
        assertThat(incident.seq()).isEqualTo(3);
        assertThat(incident.times())
                .isEqualTo(
                        new Times(
                                AT,
                                AT,
                                Duration.ZERO,
                                Instant.parse("2026-11-24T00:00:01Z"),
                                null,
                                null,
                                Instant.parse("2026-11-24T00:00:01Z")));
        assertThat(incident.places().failed()).containsExactly("us");
        assertThat(incident.places().failing()).containsExactly("us");
        assertThat(incident.context().suppressedBy()).isEqualTo("snooze:ana");
        assertThat(incident.context().grouped()).isFalse();
        assertThat(incident.context().handling().commands()).containsExactly("c1");
        assertThat(incident.past()).isEqualTo(new Past("i0", 1, 2));
        assertThat(state.turns())
                .containsExactly(new Turn(Instant.parse("2026-11-24T00:00:01Z"), true));
        var anew = new TreeMap<String, byte[]>();
        write(CheckState.EMPTY, state, anew);
        assertThat(back(anew)).isEqualTo(state);
    }

    private static CheckState with(Incident incident) {
        return new CheckState(Map.of(), Map.of(), incident, List.of(), Set.of(), null, null);
    }

    private static Incident alone(@Nullable Suppression by, boolean grouped) {
        return new Incident(
                "i1",
                1,
                AT,
                null,
                Kind.DOWN,
                Severity.ERROR,
                new Worst(Kind.DOWN, Severity.ERROR, true),
                Times.opened(AT, AT),
                new Places(Set.of("us"), Set.of("us"), Set.of(), Set.of()),
                false,
                new Past(null, 1, 1),
                new Incident.Context("all", by, null, grouped, Handling.NONE, 0),
                null,
                Heard.FAILS);
    }

    @Test
    void whatIsOpenIsOfTheScopeThatWasToldWhereNothingElseIsStored() {
        var stored = new TreeMap<String, byte[]>();
        write(CheckState.EMPTY, with(alone(null, true)), stored);
        var back = java.util.Objects.requireNonNull(back(stored).incident());
        assertThat(back.otherScopeSince()).isNull();
        assertThat(back.worst().everywhere()).isTrue();
    }

    @Test
    void whetherItIsKnownWhatItIsPartOfIsKept() {
        for (boolean grouped : new boolean[] {true, false}) {
            var stored = new TreeMap<String, byte[]>();
            write(CheckState.EMPTY, with(alone(null, grouped)), stored);
            assertThat(back(stored).incident()).isEqualTo(alone(null, grouped));
            write(with(alone(null, !grouped)), with(alone(null, grouped)), stored);
            assertThat(back(stored).incident()).isEqualTo(alone(null, grouped));
        }
    }

    /// Its last byte: nothing was stored after what people had done.
    @Test
    void whatWasStoredBeforeAnybodyAskedWaitsForNoAnswerUnlessItIsHidden() {
        var hidden = new Suppression("maintenance:upgrade", null);
        for (var incident : List.of(alone(null, false), alone(hidden, true))) {
            var stored = new TreeMap<String, byte[]>();
            write(CheckState.EMPTY, with(incident), stored);
            stored.replaceAll((_, bytes) -> Arrays.copyOf(bytes, bytes.length - 1));
            var by = incident.context().suppression();
            assertThat(back(stored).incident()).isEqualTo(alone(by, by == null));
        }
    }

    @Test
    void whatIsHeardOfItIsKeptWithAndWithoutALookBack() {
        for (var at : new @Nullable Instant[] {null, AT}) {
            for (var heard : Heard.values()) {
                var state =
                        new CheckState(
                                Map.of(),
                                Map.of(),
                                alone(null, true).heard(heard),
                                List.of(),
                                Set.of(),
                                null,
                                null,
                                at);
                var stored = new TreeMap<String, byte[]>();
                write(CheckState.EMPTY, state, stored);
                assertThat(back(stored)).isEqualTo(state);
            }
        }
    }

    @Test
    void aVersionThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> new CheckEntries().read("shop", new byte[] {9, 1}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 9");
    }
}
