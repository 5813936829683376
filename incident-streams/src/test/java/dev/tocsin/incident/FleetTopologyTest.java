package dev.tocsin.incident;

import static dev.tocsin.incident.stream.Plain.bytes;
import static dev.tocsin.incident.stream.Plain.decoder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Those who measure, through the whole topology: silent regions, fast clocks, forged regions.
class FleetTopologyTest extends TopologyRig {
    private final List<IncidentEvent> events = new ArrayList<>();

    private List<String> toldByKey() {
        events.addAll(events());
        return events.stream().map(event -> event.getType() + " " + event.getKey()).toList();
    }

    private void heartbeat(int second, String agent, String region, int fast) {
        var status =
                AgentStatus.newBuilder()
                        .setAgentId(agent)
                        .setRegion(region)
                        .setBootEpoch(1)
                        .setAt(START.plusSeconds(second + fast))
                        .setChecks(1)
                        .setVersion("test")
                        .build();
        input("agents")
                .pipeInput(agent, bytes(status::toByteBuffer), START.plusSeconds(second + fast));
    }

    private void many(String... regions) {
        for (int check = 0; check < 10; check++) {
            define(check("c" + check).setRegions(List.of(regions)).build());
        }
    }

    private void round(int second, Outcome outcome, String... regions) {
        for (int check = 0; check < 10; check++) {
            for (var region : regions) {
                result("c" + check, second, region, outcome);
            }
        }
        for (int passed = 0; passed < 10; passed++) {
            tick(second + passed);
        }
    }

    private void regionFallsSilentBesideAnAgent(int fast) {
        many("us", "eu", "lab");
        for (int second = 1; second < 400; second += 10) {
            round(
                    second,
                    Outcome.PASS,
                    second < 60 ? new String[] {"us", "eu", "lab"} : new String[] {"eu", "lab"});
            heartbeat(second + 5, "lab-1", "lab", fast);
        }
        assertThat(toldByKey()).containsExactly("OPENED region:us");
        assertThat(events.getFirst().getOpenedAt())
                .isBetween(START.plusSeconds(51 + 45), START.plusSeconds(51 + 47));
    }

    @Test
    void aRegionThatFallsSilentIsToldInTime() {
        regionFallsSilentBesideAnAgent(0);
    }

    @Test
    void aRegionThatFallsSilentIsToldInTimeBesideAnAgentThatIs7sFast() {
        regionFallsSilentBesideAnAgent(7);
    }

    @Test
    void aRegionThatFallsSilentIsToldInTimeBesideAnAgentThatIsAnHourFast() {
        regionFallsSilentBesideAnAgent(3600);
    }

    @Test
    void aStallIsToldInTimeBesideAnAgentThatIs7sFast() {
        many("us", "eu");
        for (int second = 1; second < 300; second += 10) {
            if (second < 60) {
                round(second, Outcome.PASS, "us", "eu");
            } else {
                round(second, Outcome.PASS);
            }
            heartbeat(second + 5, "us-1", "us", 7);
        }
        assertThat(toldByKey()).containsExactly("OPENED pipeline:stalled");
    }

    @Test
    void aRegionThatYieldsNothingButErrorsIsToldThoughTwoOthersAreHeard() {
        many("us", "eu", "ap");
        for (int second = 1; second < 200; second += 10) {
            round(second, Outcome.PASS, "eu", "ap");
            round(second, second < 50 ? Outcome.PASS : Outcome.ERROR, "us");
        }
        assertThat(toldByKey()).containsExactly("OPENED region:us");
        assertThat(events.getFirst().getReason())
                .isEqualTo("its agents report only errors of their own: nothing is measured there");
    }

    @Test
    void aResultOfAnAgentOfAnotherRegionIsADeadLetterAndVotesNot() {
        define();
        tick(1);
        heartbeat(2, "eu", "us", 0);
        result(3, "us", Outcome.PASS);
        result(3, "eu", Outcome.FAIL); // the rig's agents have their region's name
        assertThat(deadLetters("check-results"))
                .containsExactly("agent eu is of region us, and its result says eu");
        for (int second = 4; second < 12; second++) {
            tick(second);
        }
        assertThat(toldByKey()).isEmpty();
    }

    @Test
    void anAgentThatNeverSentAHeartbeatVotes() {
        define();
        result(1, "us", Outcome.FAIL);
        result(1, "eu", Outcome.FAIL);
        assertThat(toldByKey()).contains("OPENED shop");
        assertThat(deadLetters("check-results")).isEmpty();
    }

    @Test
    void aHeartbeatThatMovesAnAgentThatIsAliveIsADeadLetterAndMovesNothing() {
        define();
        heartbeat(2, "us", "us", 0);
        heartbeat(3, "us", "eu", 0);
        assertThat(deadLetters("signals"))
                .containsExactly(
                        "agent us is of region us and alive, and this heartbeat of it says eu");
        result(4, "us", Outcome.PASS);
        assertThat(deadLetters("check-results")).isEmpty();
    }

    @Test
    void aPartitionTellsOnlyWhatHasChanged() {
        many("us", "eu");
        for (int second = 1; second < 100; second += 10) {
            round(second, Outcome.PASS, "us", "eu");
        }
        var told =
                output("signals").readValuesToList().stream()
                        .map(bytes -> decoder(Signal.getDecoder()).deserialize("signals", bytes))
                        .filter(signal -> signal.getKind().name().equals("EVIDENCE"))
                        .toList();
        assertThat(told).hasSizeLessThanOrEqualTo(3);
        assertThat(told.getFirst().getAttributes()).containsKey("whole");
    }
}
