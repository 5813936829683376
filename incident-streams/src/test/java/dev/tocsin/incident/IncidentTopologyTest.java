package dev.tocsin.incident;

import static dev.tocsin.incident.stream.Plain.bytes;
import static dev.tocsin.incident.stream.Plain.decoder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IncidentTopologyTest extends TopologyRig {
    @Test
    void opensAndClosesAndWritesNothingWhileAllIsWell() {
        define();
        for (int second = 0; second < 100; second += 10) {
            result(second, "us", Outcome.PASS);
            result(second, "eu", Outcome.PASS);
            tick(second);
        }
        assertThat(told()).isEmpty();
        assertThat(driver.producedTopicNames()).noneMatch(topic -> topic.contains("check-state"));
        result(100, "us", Outcome.FAIL);
        result(100, "eu", Outcome.FAIL);
        for (int second = 110; second < 160; second += 10) {
            result(second, "us", Outcome.PASS);
            result(second, "eu", Outcome.PASS);
            tick(second);
        }
        assertThat(told()).containsExactly("OPENED", "UPDATED", "CLOSED");
    }

    @Test
    void errorsAndMissedSlotsNeverVote() {
        define();
        result(0, "us", Outcome.ERROR);
        result(0, "eu", Outcome.MISSED);
        result(10, "us", Outcome.ERROR);
        assertThat(told()).isEmpty();
    }

    @Test
    void silenceIsFoundByTicksAlone() {
        define();
        result(0, "us", Outcome.PASS);
        result(0, "eu", Outcome.PASS);
        for (int second = 1; second < 120; second++) {
            tick(second);
        }
        assertThat(told()).containsExactly("OPENED", "UPDATED");
    }

    @Test
    void whatCannotBeReadGoesToTheDeadLettersWithItsCause() {
        define();
        results.pipeInput("shop", new byte[] {1, 2, 3}, START);
        checks.pipeInput("other", new byte[] {9}, START);
        result(10, "us", Outcome.FAIL);
        result(10, "eu", Outcome.FAIL);
        assertThat(told()).containsExactly("OPENED", "UPDATED");
        var letter = output("check-results-dlq").readRecord();
        assertThat(letter.value()).containsExactly(1, 2, 3);
        assertThat(
                        new String(
                                letter.headers().lastHeader("tocsin.dlq.cause").value(),
                                StandardCharsets.UTF_8))
                .isEqualTo("not Avro in Confluent's wire format");
        assertThat(output("checks-dlq").readKeyValuesToList()).hasSize(1);
    }

    @Test
    void aRemovedCheckClosesItsIncident() {
        define();
        result(10, "us", Outcome.FAIL);
        result(10, "eu", Outcome.FAIL);
        checks.pipeInput("shop", null, START.plusSeconds(20));
        assertThat(told()).containsExactly("OPENED", "UPDATED", "CLOSED");
    }

    @Test
    void rule8TwoChecksThatFailAtOnceAreOneOutageAndTheirEventsSaySo() {
        define("shop");
        define("mail");
        for (int second = 10; second <= 50; second += 10) {
            for (var check : List.of("shop", "mail")) {
                for (var region : List.of("us", "eu")) {
                    result(check, second, region, second == 10 ? Outcome.FAIL : Outcome.PASS);
                }
            }
            tick(second);
        }
        var events = events();
        var outage = events.stream().filter(e -> e.getKey().equals("outage:all")).toList();
        assertThat(outage.stream().map(e -> e.getType().name()))
                .containsExactly("OPENED", "UPDATED", "CLOSED");
        assertThat(outage.getFirst().getServices()).containsExactly("shop");
        assertThat(outage.getFirst().getChildren()).hasSize(2);
        for (var check : List.of("shop", "mail")) {
            var own = events.stream().filter(e -> check.equals(e.getCheckId())).toList();
            var types = own.stream().map(e -> e.getType().name()).toList();
            if (check.equals("shop")) { // the first of them is alone until the other fails
                assertThat(types).containsExactly("OPENED", "UPDATED", "UPDATED", "CLOSED");
            } else {
                assertThat(types).containsExactly("OPENED", "UPDATED", "CLOSED");
            }
            assertThat(own.getLast().getOutageId()).isEqualTo(outage.getFirst().getIncidentId());
        }
    }

    @Test
    void rule8TheScopeOfAnOutageIsThatOfItsChecks() {
        for (var check : List.of("shop", "mail")) {
            define(check(check).setRegions(List.of("us", "eu", "ap")).build());
        }
        for (int second = 0; second <= 60; second += 10) {
            for (var check : List.of("shop", "mail")) {
                for (var region : List.of("ap", "us", "eu")) {
                    boolean fails = second >= 20 && !region.equals("ap");
                    result(check, second, region, fails ? Outcome.FAIL : Outcome.PASS);
                }
            }
            tick(second);
        }
        var last = new HashMap<String, IncidentEvent>();
        events().forEach(event -> last.put(event.getKey(), event));
        assertThat(last).containsOnlyKeys("shop", "mail", "outage:all");
        last.values()
                .forEach(event -> {
                    assertThat(event.getScope()).isEqualTo(Scope.REGIONAL);
                    assertThat(event.getRegions())
                            .filteredOn(region -> region.getVerdict() == RegionVerdict.PASSING)
                            .extracting(RegionStatus::getRegion)
                            .containsExactly("ap");
                });
    }

    @Test
    void rule8WhoeverJoinsLaterIsToldSoAndTheOthersAreNotAskedAgain() {
        for (var check : List.of("shop", "mail", "chat")) {
            define(check);
            for (var region : List.of("us", "eu")) {
                result(check, check.equals("chat") ? 20 : 10, region, Outcome.FAIL);
            }
        }
        var outage =
                events().stream().filter(e -> e.getKey().equals("outage:all")).toList().getLast();
        assertThat(outage.getChildren()).hasSize(3);
        var answers = new ArrayList<String>();
        for (var record : output("signals").readKeyValuesToList()) {
            var signal = decoder(Signal.getDecoder()).deserialize("signals", record.value);
            if (signal.getKind() == SignalKind.OUTAGE) {
                answers.add(record.key + (signal.getActive() ? "" : " alone"));
            }
        }
        assertThat(answers).containsExactly("shop alone", "shop", "mail", "chat");
    }

    @Test
    void rule7MaintenanceIsAnnouncedOnItsTopic() {
        define();
        maintain("shop", 100);
        for (int second = 10; second <= 100; second += 10) {
            result(second, "us", Outcome.FAIL);
            result(second, "eu", Outcome.FAIL);
            tick(second + 1);
        }
        assertThat(events().stream().map(e -> e.getType() + " " + e.getSuppressedBy()))
                .containsExactly("OPENED maintenance:upgrade", "UNSUPPRESSED null", "UPDATED null");
    }

    private List<String> refusals() {
        return output("incident-commands-dlq").readRecordsToList().stream()
                .map(letter ->
                        new String(
                                letter.headers().lastHeader("tocsin.dlq.cause").value(),
                                StandardCharsets.UTF_8))
                .toList();
    }

    private void note(String key, String id, String incident, String publicText) {
        command(
                key,
                command(id, CommandKind.ANNOTATE, incident)
                        .setText("cable cut")
                        .setPublicText(publicText)
                        .build());
    }

    @Test
    void rule7ANoteOnAnOutageIsAnsweredByTheOutageAndWhatIsRefusedIsSetAsideWhereItWasGiven() {
        for (var check : List.of("shop", "mail")) {
            define(check);
            result(check, 10, "us", Outcome.FAIL);
            result(check, 10, "eu", Outcome.FAIL);
        }
        tick(11);
        var outage = events().stream().filter(e -> e.getCheckId() == null).toList().getLast();
        note("outage:all", "c1", outage.getIncidentId(), "We are at it.");
        note("outage:all", "c1", outage.getIncidentId(), "We are at it.");
        var told = events();
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().getType()).isEqualTo(IncidentEventType.ANNOTATED);
        assertThat(told.getFirst().getKey()).isEqualTo("outage:all");
        assertThat(told.getFirst().getIncidentId()).isEqualTo(outage.getIncidentId());
        assertThat(told.getFirst().getCommandId()).isEqualTo("c1");
        assertThat(told.getFirst().getPublicText()).isEqualTo("We are at it.");
        assertThat(told.getFirst().getReason())
                .isEqualTo("ana on the status page: We are at it.; internally: cable cut");
        assertThat(told.getFirst().getChildrenOpen()).isEqualTo(2);

        note("outage:all", "c2", "another", "We are at it.");
        note("outage:none", "c3", outage.getIncidentId(), "We are at it.");
        note("outage:all", "c4", outage.getIncidentId(), "two\nlines");
        command("outage:all", "c5", CommandKind.ACK, outage.getIncidentId());
        assertThat(events()).isEmpty();
        var letters = output("incident-commands-dlq").readRecordsToList();
        assertThat(letters)
                .extracting(letter -> decoded(letter.value()).getCommandId())
                .containsExactly("c2", "c3", "c4", "c5");
        assertThat(letters)
                .extracting(letter ->
                        new String(
                                letter.headers().lastHeader("tocsin.dlq.cause").value(),
                                StandardCharsets.UTF_8))
                .containsExactly(
                        "outage another is not the latest of its group, which is "
                                + outage.getIncidentId(),
                        "the group none has had no outage",
                        "a text for the public has no line breaks and nothing invisible, as U+000A is",
                        "an outage takes notes; say the rest to its parts");
        assertThat(output("signals-dlq").readRecordsToList()).isEmpty();
    }

    private static Command decoded(byte[] value) {
        try {
            return Command.getDecoder().decode(value);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void rule7WhatIsSaidToThePublicIsAFieldOfItsOwnAndOfNotesAlone() {
        define();
        result(10, "us", Outcome.FAIL);
        result(10, "eu", Outcome.FAIL);
        var opened = events().getFirst();
        note("shop", "c1", opened.getIncidentId(), "We are at it.");
        assertThat(events().getFirst().getPublicText()).isEqualTo("We are at it.");
        command("shop", "c2", CommandKind.ANNOTATE, opened.getIncidentId());
        assertThat(events().getFirst().getPublicText()).isNull();
        command(
                "shop",
                command("c3", CommandKind.ACK, opened.getIncidentId()).setPublicText("us").build());
        assertThat(events()).isEmpty();
        assertThat(refusals()).containsExactly("the public is told by notes alone");
    }

    private void command(String key, String id, CommandKind kind, String incident) {
        command(key, command(id, kind, incident).build());
    }

    private void command(String key, Command command) {
        input("incident-commands").pipeInput(key, bytes(command::toByteBuffer), START);
    }

    private static Command.Builder command(String id, CommandKind kind, String incident) {
        return Command.newBuilder()
                .setCommandId(id)
                .setKind(kind)
                .setIncidentId(incident)
                .setAuthor("ana")
                .setAt(START);
    }

    @Test
    void rule7ACommandIsAnsweredAndOneThatCannotBeFollowedIsSetAsideWithTheReason() {
        define();
        result(10, "us", Outcome.FAIL);
        result(10, "eu", Outcome.FAIL);
        var opened = events().getFirst();
        command("shop", "c1", CommandKind.ACK, opened.getIncidentId());
        var answer = events();
        assertThat(answer).hasSize(1);
        assertThat(answer.getFirst().getType()).isEqualTo(IncidentEventType.ACKNOWLEDGED);
        assertThat(answer.getFirst().getAcknowledgedBy()).isEqualTo("ana");
        assertThat(answer.getFirst().getCommandId()).isEqualTo("c1");

        command("shop", "c2", CommandKind.ACK, "another");
        command("nowhere", "c3", CommandKind.ACK, opened.getIncidentId());
        command("shop", "c4", CommandKind.CLOSE, opened.getIncidentId());
        command("shop", "c5", CommandKind.UNKNOWN, opened.getIncidentId());
        input("incident-commands").pipeInput("shop", new byte[] {7}, START);
        assertThat(events()).isEmpty();
        assertThat(refusals())
                .containsExactly(
                        "check shop has no incident another",
                        "there is no check nowhere",
                        "it still fails in eu, us and would open again at once; acknowledge or snooze it",
                        "a command of a kind that is not known here",
                        "not Avro");
    }

    @Test
    void aWindowThatEndsBeforeItStartsOrStandsUnderAnotherKeyGoesToTheDeadLetters() {
        var window =
                MaintenanceWindow.newBuilder()
                        .setWindowId("bad")
                        .setTitle("Bad")
                        .setStartsAt(START)
                        .setEndsAt(START)
                        .build();
        input("maintenance").pipeInput("bad", bytes(window::toByteBuffer), START);
        var good =
                MaintenanceWindow.newBuilder(window)
                        .setWindowId("good")
                        .setEndsAt(START.plusSeconds(60))
                        .build();
        input("maintenance").pipeInput("bad", bytes(good::toByteBuffer), START);
        assertThat(output("maintenance-dlq").readKeyValuesToList()).hasSize(2);
        assertThat(output("signals").readKeyValuesToList()).isEmpty();
    }

    private static final List<String> READ =
            List.of(
                    "checks",
                    "check-results",
                    "signals",
                    "incident-commands",
                    "maintenance",
                    "agents",
                    "user-reports");

    private static Signal.Builder signal(SignalKind kind, String subject) {
        return Signal.newBuilder()
                .setSignalId("s")
                .setKind(kind)
                .setSubject(subject)
                .setActive(true)
                .setAt(START);
    }

    @Test
    void nullsAndRecordsWithoutAKeyStopNothing() {
        define();
        for (var topic : READ) {
            for (var key : List.of("shop", "group:all", "pipeline:", "depends-on:", "service:s")) {
                if (!topic.equals("checks")) {
                    input(topic).pipeInput(key, null, START);
                }
            }
            input(topic).pipeInput(null, null, START);
            input(topic).pipeInput(null, new byte[] {0, 0, 0, 0, 7, 1}, START);
        }
        result(10, "us", Outcome.FAIL);
        result(10, "eu", Outcome.FAIL);
        assertThat(told()).containsExactly("OPENED", "UPDATED");
        assertThat(health.alive()).isTrue();
    }

    /// Any kind may come with nothing of what it must have, or with what makes no sense.
    @Test
    void aSignalThatLacksWhatItMustHaveIsADeadLetterAndNoBug() {
        define();
        for (var kind : SignalKind.values()) {
            for (var key : List.of("shop", "group:all", "pipeline:", "depends-on:", "service:s")) {
                for (var attributes :
                        List.of(
                                Map.<String, String>of(),
                                Map.of("users", "many", "until-ms", "soon", "partition", "x"),
                                Map.of("region", "", "partition", "-1", "users", "1"))) {
                    var signal = signal(kind, "shop").setAttributes(attributes).build();
                    input("signals").pipeInput(key, bytes(signal::toByteBuffer), START);
                }
            }
        }
        assertThat(metrics.counter("tocsin_streams_bugs_total").count()).isZero();
        assertThat(health.alive()).isTrue();
        assertThat(deadLetters("signals")).isNotEmpty();
        result(10, "us", Outcome.FAIL);
        result(10, "eu", Outcome.FAIL);
        assertThat(told()).contains("OPENED");
    }

    /// Also one that comes before its time, and would have to be kept until then.
    @Test
    void aSignalThatIsTooLargeToBeKeptIsADeadLetter() {
        define();
        tick(1);
        var signal =
                signal(SignalKind.REGION_ISOLATED, "us")
                        .setAttributes(Map.of("why", "x".repeat(300_000)))
                        .build();
        input("signals").pipeInput("shop", bytes(signal::toByteBuffer), START.plusSeconds(30));
        assertThat(deadLetters("signals")).singleElement().asString().contains("too large");
        tick(40);
        assertThat(driver.<String, byte[]>getKeyValueStore("facts").approximateNumEntries())
                .isZero();
    }
}
