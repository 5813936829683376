package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import dev.tocsin.incident.partition.Facts;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who decides on agents and regions, over its restarts.
class FleetTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private final KeyValueStore<String, byte[]> store = Stored.inMemory("fleet");
    private final List<Signal> signals = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Counters counters = new Counters(new SimpleMeterRegistry(), new Health());
    private final LeftOut leftOut = new LeftOut(counters);
    private final Outbox outbox =
            new Outbox(
                    "",
                    "signals-sink",
                    (_, event) -> bytes(event),
                    (_, signal) -> {
                        signals.add(signal);
                        return new byte[0];
                    },
                    counters);
    private Fleet fleet = new Fleet(store, outbox, leftOut);

    private byte[] bytes(IncidentEvent event) {
        told.add(event.getType() + " " + event.getKey() + " " + event.getOpenedAt());
        return Plain.bytes(event::toByteBuffer);
    }

    private void restart() {
        fleet = new Fleet(store, outbox, leftOut);
    }

    private static Evidence.Of of(@Nullable Silence silence, boolean heard) {
        return new Evidence.Of(3, 0, null, Set.of(), heard, silence, Duration.ofSeconds(30));
    }

    private void evidence(int second, Map<String, Evidence.Of> regions) {
        var now = START.plusSeconds(second);
        fleet.take(FleetWire.evidence(0, new Evidence(3, regions, Evidence.Names.ALL), now), now);
    }

    private @Nullable String heartbeat(
            int second, int clock, String region, @Nullable String offline) {
        var appended = START.plusSeconds(second);
        var status =
                AgentStatus.newBuilder()
                        .setAgentId("a")
                        .setRegion(region)
                        .setBootEpoch(1)
                        .setAt(START.plusSeconds(clock))
                        .setChecks(1)
                        .setVersion("test")
                        .setOffline(offline)
                        .build();
        return fleet.take(signal(status, appended), appended);
    }

    private static Signal signal(AgentStatus status, Instant appended) {
        return Objects.requireNonNull(new AgentSource().signal("a", status, appended));
    }

    private void ticks(int from, int to) {
        for (int second = from; second <= to; second++) {
            fleet.tick(START.plusSeconds(second));
        }
    }

    private List<String> events() {
        // Each is encoded for two topics.
        return told.stream().distinct().map(t -> t.substring(0, t.lastIndexOf(' '))).toList();
    }

    @Test
    void anAgentWhoseClockIsFastOrSlowIsJudgedByWhenItWasHeard() {
        evidence(0, Map.of("us", of(null, true)));
        heartbeat(1, 3600, "us", "refused");
        ticks(1, 600);
        assertThat(events()).containsExactly("OPENED region:us");
        ticks(601, 601);
        assertThat(events()).containsExactly("OPENED region:us", "CLOSED region:us");
        heartbeat(700, -3600, "us", "refused");
        assertThat(events()).endsWith("REOPENED region:us");
    }

    @Test
    void anAgentsWordMovesNoClock() {
        evidence(0, Map.of("us", of(Silence.quiet(START), true), "eu", of(null, true)));
        ticks(1, 10);
        heartbeat(3600, 0, "eu", null);
        assertThat(events()).isEmpty();
        ticks(11, 15);
        assertThat(events()).containsExactly("OPENED region:us");
    }

    @Test
    void aRestartKeepsWhatIsOpenAndWhoWasHeard() {
        evidence(0, Map.of("us", of(Silence.quiet(START), true), "eu", of(null, true)));
        ticks(1, 15);
        assertThat(events()).containsExactly("OPENED region:us");
        restart();
        evidence(20, Map.of("us", of(Silence.PENDING, false), "eu", of(null, true)));
        ticks(21, 50);
        assertThat(events()).hasSize(1);
        evidence(51, Map.of("us", of(null, true), "eu", of(null, true)));
        assertThat(events()).endsWith("CLOSED region:us");
        restart();
        evidence(60, Map.of("us", of(Silence.quiet(START), false), "eu", of(null, true)));
        ticks(61, 75);
        assertThat(events()).endsWith("REOPENED region:us");
    }

    @Test
    void whatWasAboutToBeToldBeforeARestartHasToLastAnew() {
        evidence(0, Map.of("us", of(Silence.quiet(START), true), "eu", of(null, true)));
        ticks(1, 14);
        restart();
        ticks(3600, 3614);
        assertThat(events()).isEmpty();
        ticks(3615, 3615);
        assertThat(events()).containsExactly("OPENED region:us");
    }

    @Test
    void aGapInTheTicksCountsAsARestart() {
        evidence(0, Map.of("us", of(Silence.quiet(START), true), "eu", of(null, true)));
        ticks(1, 10);
        ticks(15, 15); // five seconds are none
        assertThat(events()).containsExactly("OPENED region:us");
        evidence(16, Map.of("us", of(null, true), "eu", of(Silence.quiet(START), true)));
        ticks(17, 20);
        ticks(26, 40);
        assertThat(events()).hasSize(2);
        ticks(41, 41);
        assertThat(events()).endsWith("OPENED region:eu");
    }

    @Test
    void anAgentsRegionIsToldToAllPartitionsOnceAndNotAgainAfterARestart() {
        heartbeat(0, 0, "us", null);
        heartbeat(10, 10, "us", null);
        restart();
        heartbeat(20, 20, "us", null);
        assertThat(signals).hasSize(1);
        var signal = signals.getFirst();
        assertThat(signal.getKind()).isEqualTo(SignalKind.AGENT_REGION);
        assertThat(signal.getSubject()).isEqualTo("a");
        assertThat(signal.getActive()).isTrue();
        assertThat(signal.getAttributes()).containsExactly(Map.entry("region", "us"));
        assertThat(heartbeat(30, 30, "eu", null))
                .isEqualTo("agent a is of region us and alive, and this heartbeat of it says eu");
        assertThat(heartbeat(120, 30, "eu", null)).isNull();
        assertThat(signals.getLast().getAttributes()).containsExactly(Map.entry("region", "eu"));
        ticks(120 + 24 * 3600, 120 + 24 * 3600);
        assertThat(signals.getLast().getActive()).isFalse();
        assertThat(signals.getLast().getAttributes()).isEmpty();
    }

    @Test
    void aPartitionThatOwnsNothingStoresNothing() {
        ticks(0, 10);
        assertThat(store.all().hasNext()).isFalse();
    }

    @Test
    void factsKeepWhereAnAgentBelongsOverARestart() {
        var kept = Stored.inMemory("facts");
        var facts = new Facts();
        var wire = new ArrayList<Signal>();
        var bytes = new byte[] {1};
        var factStore = new FactStore(kept, facts, _ -> wire.getLast(), START, leftOut);
        heartbeat(0, 0, "us", null);
        wire.add(signals.getFirst());
        factStore.take(wire.getFirst(), bytes, START);
        assertThat(facts.agentRegion("a")).isEqualTo("us");
        assertThat(facts.agentRegion("b")).isNull();
        var after = new Facts();
        var again = new FactStore(kept, after, _ -> wire.getLast(), START, leftOut);
        assertThat(after.agentRegion("a")).isEqualTo("us");
        ticks(24 * 3600, 24 * 3600);
        wire.add(signals.getLast());
        again.take(wire.getLast(), bytes, START);
        assertThat(after.agentRegion("a")).isNull();
        assertThat(kept.all().hasNext()).isFalse();
    }

    @Test
    void aHeartbeatThatMakesNoSenseIsRefused() {
        var status =
                AgentStatus.newBuilder()
                        .setAgentId("a")
                        .setRegion("us")
                        .setBootEpoch(1)
                        .setAt(START)
                        .setChecks(1)
                        .setVersion("test");
        var source = new AgentSource();
        assertThat(source.signal("a", null, START)).isNull();
        assertThatThrownBy(() -> source.signal("b", status.build(), START))
                .isInstanceOf(SerializationException.class)
                .hasMessage("key b is not the agent's id a");
        assertThatThrownBy(() -> source.signal("a", status.setRegion(" ").build(), START))
                .hasMessage("the region of agent a has 1 to 100 characters");
        var longId = "x".repeat(101);
        assertThatThrownBy(() ->
                        source.signal(
                                longId, status.setAgentId(longId).setRegion("us").build(), START))
                .hasMessage("an agent's id has 1 to 100 characters");
        var nowhere = Wire.signal("x", SignalKind.AGENT, "a", true, START).build();
        assertThatThrownBy(() -> fleet.take(nowhere, START))
                .isInstanceOf(SerializationException.class)
                .hasMessage("an AGENT signal without its region");
    }

    @Test
    void ofWhatAnAgentSaysOfItselfThreeHundredCharactersCount() {
        var status =
                AgentStatus.newBuilder()
                        .setAgentId("a")
                        .setRegion("us")
                        .setBootEpoch(1)
                        .setAt(START)
                        .setChecks(1)
                        .setVersion("test")
                        .setOffline("o".repeat(600_000))
                        .setLeaving(true)
                        .build();
        var signal = signal(status, START);
        var agent = AgentSource.agent(signal, START.plusSeconds(1));
        assertThat(agent.offline()).hasSize(300);
        assertThat(agent.left()).isTrue();
        assertThat(agent.at()).isEqualTo(START.plusSeconds(1));
    }
}
