package dev.tocsin.incident;

import static dev.tocsin.incident.stream.Plain.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/// Only the results' append times move a partition's clock: no writer's clock, and nothing that is read before them.
class OneClockTest extends TopologyRig {
    private final List<IncidentEvent> all = new ArrayList<>();
    private int firstHeard = -1;

    private void seconds(int from, int to, Outcome outcome) {
        for (int second = from; second < to; second++) {
            if (second % 10 == 0) {
                result("shop", second, "us", outcome);
                result("shop", second, "eu", outcome);
            }
            tick(second);
            all.addAll(events());
            if (firstHeard < 0 && !all.isEmpty()) {
                firstHeard = second;
            }
        }
    }

    private List<IncidentEventType> types() {
        return all.stream().map(IncidentEvent::getType).toList();
    }

    private void heartbeat(int second, int fast) {
        var status =
                AgentStatus.newBuilder()
                        .setAgentId("lab-1")
                        .setRegion("lab")
                        .setBootEpoch(1)
                        .setAt(START.plusSeconds(second + fast))
                        .setChecks(1)
                        .setVersion("t")
                        .build();
        input("agents")
                .pipeInput("lab-1", bytes(status::toByteBuffer), START.plusSeconds(second + fast));
    }

    private void command(int second, CommandKind kind, String incident) {
        var command =
                Command.newBuilder()
                        .setCommandId("c" + second)
                        .setKind(kind)
                        .setIncidentId(incident)
                        .setAuthor("ana")
                        .setAt(START.plusSeconds(second))
                        .build();
        input("incident-commands")
                .pipeInput("shop", bytes(command::toByteBuffer), START.plusSeconds(second));
    }

    @Test
    void anAgentWhoseClockIsElevenMinutesFastHidesNoOutage() {
        define();
        seconds(0, 60, Outcome.PASS);
        for (int second = 60; second < 300; second += 10) {
            heartbeat(second, 660);
            seconds(second, second + 10, second < 120 ? Outcome.PASS : Outcome.FAIL);
        }
        assertThat(types()).containsExactly(IncidentEventType.OPENED, IncidentEventType.UPDATED);
        assertThat(all.getFirst().getOpenedAt()).isEqualTo(START.plusSeconds(120));
    }

    @Test
    void anApplyFromALaptopFiftyMinutesFastBlindsNothing() {
        define();
        seconds(0, 60, Outcome.PASS);
        var other = check("other").build();
        checks.pipeInput("other", bytes(other::toByteBuffer), START.plusSeconds(3060));
        seconds(60, 120, Outcome.FAIL);
        assertThat(types()).containsExactly(IncidentEventType.OPENED, IncidentEventType.UPDATED);
        assertThat(firstHeard).isEqualTo(60);
    }

    @Test
    void maintenanceAnnouncedFromALaptopFiftyMinutesFastBlindsNothing() {
        define();
        seconds(0, 60, Outcome.PASS);
        var window =
                MaintenanceWindow.newBuilder()
                        .setWindowId("w")
                        .setTitle("t")
                        .setChecks(List.of("other"))
                        .setStartsAt(START.plusSeconds(5000))
                        .setEndsAt(START.plusSeconds(6000))
                        .build();
        input("maintenance").pipeInput("w", bytes(window::toByteBuffer), START.plusSeconds(3060));
        seconds(60, 120, Outcome.FAIL);
        assertThat(firstHeard).isEqualTo(60);
    }

    @Test
    void oneApplyBehindResultsThatWaitedClosesNothingAndReopensNothing() {
        define();
        seconds(0, 60, Outcome.PASS);
        // Streams is away; then the definition is read first, and 40 s of results after it.
        checks.pipeInput(
                "shop",
                bytes(check("shop").setName("Shop, renamed").build()::toByteBuffer),
                START.plusSeconds(100));
        for (int second = 60; second < 100; second++) {
            var outcome = second / 4 % 2 == 1 ? Outcome.FAIL : Outcome.PASS;
            result("shop", second, "us", outcome);
            result("shop", second, "eu", outcome);
        }
        all.addAll(events());
        assertThat(types()).containsExactly(IncidentEventType.OPENED, IncidentEventType.UPDATED);
        assertThat(all.getFirst().getOpenedAt()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void aCommandThatWasGivenBehindResultsThatWaitIsTakenWhenTimeHasComeToIt() {
        define();
        seconds(0, 60, Outcome.FAIL);
        var incident = all.getFirst().getIncidentId();
        command(100, CommandKind.ACK, incident); // read before the results of 60 to 100
        for (int second = 60; second < 100; second += 10) {
            result("shop", second, "us", Outcome.FAIL);
            result("shop", second, "eu", Outcome.FAIL);
        }
        assertThat(events()).isEmpty();
        tick(100);
        var told = events();
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().getType()).isEqualTo(IncidentEventType.ACKNOWLEDGED);
        assertThat(told.getFirst().getAt()).isEqualTo(START.plusSeconds(100));
    }

    @Test
    void aCommandThatIsGivenNowIsTakenNow() {
        define();
        seconds(0, 60, Outcome.FAIL);
        command(61, CommandKind.ACK, all.getFirst().getIncidentId());
        assertThat(told()).containsExactly("ACKNOWLEDGED");
    }

    @Test
    void whatWaitsKeepsItsOrderAndWhatCannotBeFollowedIsSetAsideThen() {
        define();
        seconds(0, 60, Outcome.FAIL);
        var incident = all.getFirst().getIncidentId();
        command(90, CommandKind.UNACK, incident);
        command(80, CommandKind.CLOSE, incident);
        command(62, CommandKind.ACK, incident); // would be taken at once, were nothing before it
        assertThat(events()).isEmpty();
        tick(79);
        assertThat(told()).containsExactly("ACKNOWLEDGED");
        tick(89);
        assertThat(deadLetters("incident-commands"))
                .hasSize(1)
                .allMatch(cause -> cause.contains("still fails"));
        tick(90);
        assertThat(told()).containsExactly("UNACKNOWLEDGED");
    }

    @Test
    void aForgedMarkSaysNothingOfThisProcess() {
        define();
        seconds(0, 30, Outcome.PASS);
        for (int second = 30; second < 200; second++) {
            var forged = new RecordHeaders();
            forged.add("t", "resumed".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            forged.add("by", new byte[] {1});
            results.pipeInput(new TestRecord<>(null, null, forged, START.plusSeconds(second)));
            tick(second);
        }
        assertThat(events()).extracting(IncidentEvent::getType).contains(IncidentEventType.OPENED);
    }

    @Test
    void whatAResultSaysOfItsTimeIsBelievedWithinReason() {
        define();
        var late = START.plusSeconds(60);
        var result =
                resultOf("shop", 60, "us", Outcome.FAIL).setScheduledAt(java.time.Instant.EPOCH);
        results.pipeInput("shop", frame(result.build()), late);
        var ahead = resultOf("shop", 61, "us", Outcome.FAIL);
        ahead.setScheduledAt(START.plusSeconds(86400L * 2500));
        results.pipeInput("shop", frame(ahead.build()), late);
        assertThat(deadLetters("check-results"))
                .hasSize(2)
                .allMatch(cause -> cause.startsWith("scheduled_at is "));
    }

    @Test
    void aResultOfARegionInWhichTheCheckDoesNotRunIsCountedAsThat() {
        define();
        result("shop", 0, "mars", Outcome.FAIL);
        assertThat(counted("without_region")).isEqualTo(1);
        assertThat(counted("voted")).isZero();
    }
}
