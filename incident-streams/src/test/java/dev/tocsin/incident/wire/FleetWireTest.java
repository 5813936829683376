package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.fleet.Agent;
import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.Evidence.Names;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import dev.tocsin.incident.engine.fleet.FleetEngine;
import dev.tocsin.incident.engine.fleet.FleetState;
import dev.tocsin.schemas.RegionEvidence;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.TrustedRecords;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Between signals, events and the engine of agents and regions.
class FleetWireTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final int AT_MOST = 64 * 1024;

    private static Evidence.Of of(@Nullable Silence silence) {
        return new Evidence.Of(
                9,
                5,
                START,
                Set.of("0a1b2c3d", "1a1b2c3d", "2a1b2c3d", "3a1b2c3d", "4a1b2c3d"),
                true,
                silence,
                Duration.ofSeconds(90));
    }

    @Test
    void evidenceIsReadAsItWasTold() {
        for (var whole :
                new @Nullable Names[] {
                    null, Names.ALL, new Names("a", "b"), new Names("b", null)
                }) {
            var evidence =
                    new Evidence(
                            3,
                            Map.of(
                                    "heard",
                                    of(null),
                                    "pending",
                                    of(Silence.PENDING),
                                    "quiet",
                                    of(Silence.quiet(START)),
                                    "mute",
                                    of(Silence.mute(START)),
                                    "fine",
                                    new Evidence.Of(
                                            1,
                                            0,
                                            null,
                                            Set.of(),
                                            false,
                                            null,
                                            Duration.ofSeconds(30))),
                            whole);
            var signal = FleetWire.evidence(7, evidence, START);
            assertThat(signal.getKind()).isEqualTo(SignalKind.EVIDENCE);
            assertThat(FleetWire.partition(signal)).isEqualTo(7);
            assertThat(FleetWire.evidence(signal)).isEqualTo(evidence);
        }
    }

    @Test
    void ofEvidenceThatNamesNoPatienceItIsTheLeast() {
        var signal = FleetWire.evidence(7, new Evidence(3, Map.of()), START);
        var old =
                dev.tocsin.schemas.Signal.newBuilder(signal)
                        .setEvidence(
                                List.of(
                                        RegionEvidence.newBuilder()
                                                .setRegion("us")
                                                .setChecks(1)
                                                .build()))
                        .build();
        assertThat(Objects.requireNonNull(FleetWire.evidence(old).regions().get("us")).patience())
                .isEqualTo(Duration.ofSeconds(30));
    }

    private static int size(org.apache.avro.specific.SpecificRecordBase record) throws IOException {
        return switch (record) {
            case dev.tocsin.schemas.Signal signal -> signal.toByteBuffer().remaining();
            case dev.tocsin.schemas.IncidentEvent event -> event.toByteBuffer().remaining();
            default -> throw new IllegalArgumentException(record.toString());
        };
    }

    @Test
    void noSignalAndNoEventIsOverItsSizeWith155RegionsAnd24PartitionsOfLongNames()
            throws IOException {
        var events = new ArrayList<FleetEngine.Told>();
        var state = FleetState.EMPTY;
        for (int partition = 0; partition < 24; partition++) {
            var regions = new TreeMap<String, Evidence.Of>();
            for (int region = 0; region < 100; region++) {
                regions.put("%03d".formatted(region) + "r".repeat(297), of(Silence.quiet(START)));
            }
            assertThat(
                            size(
                                    FleetWire.evidence(
                                            partition,
                                            new Evidence(833, regions, Names.ALL),
                                            START)))
                    .isLessThan(AT_MOST);
            for (int region = 100; region < 155; region++) {
                regions.put("%03d".formatted(region) + "r".repeat(297), of(Silence.quiet(START)));
            }
            state = FleetEngine.heard(state, partition, new Evidence(833, regions), START).next();
        }
        for (int second = 0; second < 20; second++) {
            var step = FleetEngine.tick(state, START.plusSeconds(second));
            events.addAll(step.events());
            state = step.next();
        }
        for (int agent = 0; agent < 200; agent++) {
            var region = "000" + "r".repeat(297);
            var offline = agent + "o".repeat(290);
            var step =
                    FleetEngine.heard(
                            state, "a" + agent, new Agent(region, offline, START, false), START);
            events.addAll(step.events());
            state = step.next();
        }
        assertThat(events).hasSizeGreaterThan(0);
        for (var told : events) {
            assertThat(size(FleetWire.event(told))).isLessThan(AT_MOST);
            assertThat(size(FleetWire.verdict(told, true))).isLessThan(AT_MOST);
            assertThat(FleetWire.event(told).getReason().length()).isLessThanOrEqualTo(1000);
        }
    }

    @Test
    void anEventSaysWhenItBeganToFailThisTimeAndHowLongInAll() {
        var state = FleetState.EMPTY;
        FleetEngine.@Nullable Told told = null;
        int[] quiet = {0, 100};
        for (int since : quiet) {
            var silent = Silence.quiet(START.plusSeconds(since));
            state =
                    FleetEngine.heard(
                                    state,
                                    0,
                                    new Evidence(
                                            8, Map.of("us", silent(silent), "eu", silent(null))),
                                    START.plusSeconds(since + 30))
                            .next();
            var opened = FleetEngine.tick(state, START.plusSeconds(since + 45));
            told = opened.events().getFirst();
            state =
                    FleetEngine.heard(
                                    opened.next(),
                                    0,
                                    new Evidence(8, Map.of("us", silent(null))),
                                    START.plusSeconds(since + 60))
                            .next();
        }
        var event = FleetWire.event(Objects.requireNonNull(told));
        assertThat(event.getStartedAt()).isEqualTo(START);
        assertThat(event.getFailingSince()).isEqualTo(START.plusSeconds(100));
        assertThat(event.getFailingMs()).isEqualTo(60_000 + 45_000);
        assertThat(event.getDecision().getVoting()).isZero();
        assertThat(event.getDecision().getConfigured()).isEqualTo(8);
    }

    private static Evidence.Of silent(@Nullable Silence silence) {
        return new Evidence.Of(8, 0, null, Set.of(), true, silence, Duration.ofSeconds(30));
    }
}
