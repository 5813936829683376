package dev.tocsin.incident;

import static dev.tocsin.incident.stream.Plain.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/// No record grows with the estate, and no text that somebody else wrote grows anything (DESIGN section 4).
class SizeTest extends TopologyRig {
    private static final int AT_MOST = 65_536;
    private static final List<String> REGIONS =
            IntStream.range(0, 155).mapToObj("region-%03d"::formatted).toList();

    private void failsEverywhere(String check, int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (int place = 0; place < REGIONS.size(); place++) {
                int second = round * 10 + place * 9 / REGIONS.size();
                if (place * 9 % REGIONS.size() < 9) {
                    tick(second);
                }
                fails(check, second, REGIONS.get(place), "no answer from 203.0.113.7:443");
            }
        }
    }

    private void fails(String check, int second, String region, String detail) {
        var result =
                resultOf(check, second, region, Outcome.FAIL)
                        .setFailure(new Failure(Phase.TIMEOUT, "timeout", detail))
                        .build();
        results.pipeInput(check, frame(result), START.plusSeconds(second));
    }

    /// Every record that was written, changelogs included.
    private long[] written() {
        long sum = 0;
        long largest = 0;
        for (var topic : driver.producedTopicNames()) {
            for (var record : output(topic).readRecordsToList()) {
                long size = size(record);
                sum += size;
                largest = Math.max(largest, size);
            }
        }
        return new long[] {sum, largest};
    }

    private static int size(TestRecord<String, byte[]> record) {
        return (record.key() == null ? 0 : record.key().length())
                + (record.value() == null ? 0 : record.value().length);
    }

    private CheckDefinition everywhere(String id) {
        return check(id)
                .setRegions(REGIONS)
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    @Test
    void aCheckThatFailsIn155RegionsCostsWhatItsRegionsCost() {
        define(everywhere("shop"));
        failsEverywhere("shop", 5);
        var events = events();
        assertThat(events).hasSizeLessThan(25);
        assertThat(events.getFirst().getType()).isEqualTo(IncidentEventType.OPENED);
        assertThat(events.getLast().getDecision().getFailing()).isEqualTo(155);
        var written = written();
        assertThat(written[1]).isLessThan(AT_MOST);
        assertThat(written[0]).isLessThan(2_500_000); // 25 MB and 78 events in 0.1.0
    }

    @Test
    void aDetailOfSixHundredThousandCharactersIsClippedAndStopsNothing() {
        define(check("shop").build());
        for (int second = 0; second < 20; second += 10) {
            fails("shop", second, "us", "x".repeat(600_000));
            fails("shop", second, "eu", "x".repeat(600_000));
        }
        var events = events();
        assertThat(events.getFirst().getType()).isEqualTo(IncidentEventType.OPENED);
        assertThat(events.getFirst().getRegions())
                .allSatisfy(region -> assertThat(region.getFailure()).hasSizeLessThan(400));
        assertThat(written()[1]).isLessThan(AT_MOST);
    }

    @Test
    void anEventOfFiveHundredRegionsWithLongNamesFits() {
        var many =
                IntStream.range(0, 500)
                        .mapToObj(i -> "r%03d-".formatted(i) + "\u20ac".repeat(59))
                        .toList();
        define(
                check("shop")
                        .setRegions(many)
                        .setIncident(IncidentPolicy.newBuilder().build())
                        .build());
        for (int second = 0; second < 30; second += 10) {
            for (var region : many) {
                fails("shop", second, region, "\u20ac".repeat(300));
            }
        }
        var events = output("incidents").readRecordsToList();
        assertThat(events).isNotEmpty();
        assertThat(events).allSatisfy(event -> assertThat(size(event)).isLessThan(AT_MOST));
    }

    @Test
    void aTraceparentThatIsNoneIsLeftOut() {
        define(check("shop").build());
        var headers = new RecordHeaders();
        headers.add("traceparent", new byte[100_000]);
        for (var region : List.of("us", "eu")) {
            results.pipeInput(
                    new TestRecord<>(
                            "shop",
                            frame(resultOf("shop", 0, region, Outcome.FAIL).build()),
                            headers,
                            START));
        }
        assertThat(events().getFirst().getTraceparent()).isNull();
    }

    private void announce(String id) {
        var window =
                MaintenanceWindow.newBuilder()
                        .setWindowId(id)
                        .setTitle("Upgrade")
                        .setChecks(List.of("shop"))
                        .setStartsAt(START)
                        .setEndsAt(START.plusSeconds(100))
                        .build();
        input("maintenance").pipeInput(id, bytes(window::toByteBuffer), START);
    }

    @Test
    void aWindowWhoseIdEveryEventWouldHaveToCarryIsADeadLetter() {
        define(check("shop").build());
        announce("w".repeat(30_000));
        assertThat(deadLetters("maintenance"))
                .containsExactly("a window's id has at most 200 characters, and not 30000");
        announce("w".repeat(200));
        fails("shop", 10, "us", "");
        fails("shop", 11, "eu", "");
        assertThat(events().getFirst().getSuppressedBy())
                .isEqualTo("maintenance:" + "w".repeat(200));
        assertThat(written()[1]).isLessThan(4096);
    }

    @Test
    void aNoteOfThirtyThousandCharactersIsClipped() {
        for (var check : List.of("shop", "mail")) {
            define(check(check).build());
            fails(check, 10, "us", "");
            fails(check, 11, "eu", "");
        }
        tick(12);
        var last = new HashMap<String, IncidentEvent>();
        events().forEach(event -> last.put(event.getKey(), event));
        assertThat(last).containsOnlyKeys("shop", "mail", "outage:all");
        written();
        for (var key : List.of("shop", "outage:all")) {
            var of = Objects.requireNonNull(last.get(key));
            var note =
                    Command.newBuilder()
                            .setCommandId("c1")
                            .setKind(CommandKind.ANNOTATE)
                            .setIncidentId(of.getIncidentId())
                            .setAuthor("a".repeat(30_000))
                            .setText("t".repeat(30_000))
                            .setAt(START)
                            .build();
            input("incident-commands").pipeInput(key, bytes(note::toByteBuffer), START);
            var told = events();
            assertThat(told).extracting(IncidentEvent::getKey).containsExactly(key);
            assertThat(told.getFirst().getReason()).hasSizeBetween(500, 1000);
        }
        // What was given goes round as it is; what is kept of it does not.
        assertThat(kept()).isLessThan(8192);
    }

    /// The largest record but of those in which the command itself travels.
    private long kept() {
        long largest = 0;
        for (var topic : driver.producedTopicNames()) {
            for (var record : output(topic).readRecordsToList()) {
                largest = topic.endsWith("signals") ? largest : Math.max(largest, size(record));
            }
        }
        return largest;
    }

    @Test
    void aDeadLetterAlwaysFits() {
        define(check("shop").build());
        var headers = new RecordHeaders();
        headers.add("huge", new byte[100_000]);
        headers.add("small", new byte[] {1});
        results.pipeInput(new TestRecord<>("shop", new byte[1_048_456], headers, START));
        results.pipeInput(new TestRecord<>("k".repeat(5000), new byte[] {7}, headers, START));
        var letters = output("check-results-dlq").readRecordsToList();
        assertThat(letters).hasSize(2);
        assertThat(letters.getFirst().value()).isNull();
        assertThat(
                        new String(
                                letters.getFirst()
                                        .headers()
                                        .lastHeader("tocsin.dlq.body-left-out")
                                        .value(),
                                java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("1048456 bytes");
        assertThat(letters.getLast().value()).containsExactly(7);
        assertThat(letters.getLast().key()).hasSizeLessThanOrEqualTo(1000);
        assertThat(letters)
                .allSatisfy(letter -> {
                    assertThat(letter.headers().lastHeader("huge")).isNull();
                    assertThat(letter.headers().lastHeader("small")).isNotNull();
                });
    }

    @Test
    void aWindowOfAnHourKeepsNoMoreVotesThanAnyThresholdNeeds() {
        define(
                check("shop")
                        .setIncident(
                                IncidentPolicy.newBuilder()
                                        .setWindowMs(86_400_000L)
                                        .setFailureThreshold(100)
                                        .build())
                        .build());
        for (int second = 0; second < 5000; second++) {
            result("shop", second, "us", second % 90 == 89 ? Outcome.PASS : Outcome.FAIL);
        }
        assertThat(written()[1]).isLessThan(20_000);
    }
}
