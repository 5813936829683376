package dev.tocsin.notifier.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Severity;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTextTest {
    @Test
    void itSaysWhoIsCutOffWhoReportsItAndWhatExplainsIt() {
        var event =
                IncidentEvent.newBuilder(Events.opened("i1"))
                        .setRegions(
                                List.of(
                                        RegionStatus.newBuilder()
                                                .setRegion("ap-south")
                                                .setVerdict(RegionVerdict.ISOLATED)
                                                .build()))
                        .setReportedBy(7)
                        .setRootIncidentId("i0")
                        .build();
        assertThat(
                        MessageText.of(Events.message("d1", event, "route 1"), Room.EACH.getFirst())
                                .facts())
                .contains(
                        new MessageText.Fact("cut off", "ap-south"),
                        new MessageText.Fact("reported by", "7 users"),
                        new MessageText.Fact("explained by", "incident i0"));
        assertThat(
                        MessageText.of(
                                        Events.message("d1", Events.opened("i1"), "route 1"),
                                        Room.EACH.getFirst())
                                .facts())
                .extracting(MessageText.Fact::name)
                .doesNotContain("cut off", "reported by", "explained by");
    }

    @Test
    void whatIsLeftOutIsCounted() {
        var event =
                IncidentEvent.newBuilder(Events.opened("i1"))
                        .setRegions(
                                IntStream.range(0, 1_000)
                                        .mapToObj(i ->
                                                RegionStatus.newBuilder()
                                                        .setRegion("r" + i)
                                                        .setVerdict(RegionVerdict.FAILING)
                                                        .setFailure("failure " + i)
                                                        .build())
                                        .toList())
                        .setServices(List.of("mail", "calls"))
                        .setServicesCount(7)
                        .setChildren(
                                IntStream.range(0, 50)
                                        .mapToObj(i ->
                                                OutageChild.newBuilder()
                                                        .setIncidentId("i" + i)
                                                        .setCheckId("c" + i)
                                                        .setName("Check " + i)
                                                        .setOpen(i >= 45)
                                                        .build())
                                        .toList())
                        .setChildrenCount(10_000)
                        .build();
        var facts = new HashMap<String, String>();
        MessageText.of(Events.message("d1", event, "route 1"), Room.EACH.getFirst())
                .facts()
                .forEach(fact -> facts.put(fact.name(), fact.value()));
        assertThat(facts.get("failing")).startsWith("r0, r1, ").endsWith(", and 950 more");
        assertThat(facts.get("what fails")).startsWith("failure 0; ").endsWith("; and 950 more");
        assertThat(facts).containsEntry("services", "mail, calls, and 5 more");
        assertThat(facts.get("made of"))
                .startsWith("Check 45 (unknown); ")
                .endsWith("Check 14 (closed); and 9980 more")
                .matches("(?:Check \\d+ \\(\\w+\\); ){20}and 9980 more");
        MessageText.of(Events.message("d1", event, "route 1"), Room.EACH.getLast())
                .facts()
                .forEach(fact -> facts.put(fact.name(), fact.value()));
        assertThat(facts)
                .containsEntry("failing", "1000 more")
                .containsEntry("made of", "10000 more");
    }

    @Test
    void whatPeopleCalledThingsWritesNoLinesAndTurnsNothingAround() {
        var event =
                IncidentEvent.newBuilder(Events.opened("i1"))
                        .setName("Shop\r\nBcc: all@example.com\u202E")
                        .setService("a\u2028b")
                        .setReason("fails\nfine:       everywhere")
                        .build();
        var text = MessageText.of(Events.message("d1", event, "route\n1"), Room.EACH.getFirst());
        assertThat(text.title()).isEqualTo("INCIDENT: Shop  Bcc: all@example.com ");
        assertThat(text.plain())
                .contains("fails fine:       everywhere", "a b", "route 1")
                .doesNotContain("\r", "\u202E", "\u2028", "\nfine:", "\nBcc");
    }

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private static Map<String, String> facts(IncidentEvent event) {
        return MessageText.of(Events.message("d1", event, "route 1"), Room.EACH.getFirst())
                .facts()
                .stream()
                .collect(Collectors.toMap(MessageText.Fact::name, MessageText.Fact::value));
    }

    /// It failed for a minute, was fine for nine, and failed for another.
    private static IncidentEvent.Builder again() {
        return IncidentEvent.newBuilder(Events.opened("i1"))
                .setType(IncidentEventType.REOPENED)
                .setStartedAt(START)
                .setFailingSince(START.plusSeconds(600))
                .setFailingMs(60_000);
    }

    @Test
    void whatReopenedIsSaidToFailSinceThisTime() {
        assertThat(facts(again().build()))
                .containsEntry(
                        "since", "2026-11-24 00:10:00 UTC, the first time 2026-11-24 00:00:00 UTC");
        assertThat(facts(again().setFailingSince(START).build()))
                .containsEntry("since", "2026-11-24 00:00:00 UTC");
        var digest =
                new Message.Digest(
                        "d1",
                        1,
                        1,
                        Severity.CRITICAL,
                        List.of(Events.message("d1", again().build(), "route 1")));
        assertThat(MessageText.of(digest, Room.EACH.getFirst()).facts())
                .extracting(MessageText.Fact::value)
                .containsExactly(
                        "Shop, since 2026-11-24 00:10:00 UTC, the first time 2026-11-24 00:00:00 UTC");
    }

    @Test
    void howLongItLastedIsHowLongItFailed() {
        var closed =
                again().setType(IncidentEventType.CLOSED)
                        .setOpen(false)
                        .setEndedAt(START.plusSeconds(660))
                        .setFailingMs(120_000)
                        .build();
        assertThat(facts(closed))
                .containsEntry("since", "2026-11-24 00:00:00 UTC")
                .containsEntry("until", "2026-11-24 00:11:00 UTC (failing 2 min in all)");
        assertThat(facts(IncidentEvent.newBuilder(closed).setFailingMs(0).build()))
                .containsEntry("until", "2026-11-24 00:11:00 UTC (11 min)");
        assertThat(facts(IncidentEvent.newBuilder(closed).setFailingMs(660_000).build()))
                .containsEntry("until", "2026-11-24 00:11:00 UTC (11 min)");
    }

    @Test
    void theTitleFitsASubjectLine() {
        var event =
                IncidentEvent.newBuilder(Events.opened("i1")).setName("😀".repeat(500_000)).build();
        var title =
                MessageText.of(Events.message("d1", event, "route 1"), Room.EACH.getFirst())
                        .title();
        assertThat(title).startsWith("INCIDENT: 😀").endsWith("😀…").hasSizeLessThan(200);
    }

    @ParameterizedTest
    @CsvSource({
        ",RECOVERED",
        "recovered,RECOVERED",
        "config_removed,REMOVED",
        "closed_by_hand,CLOSED",
        "of a later release,CLOSED"
    })
    void whatEndedIsSaidToHaveRecoveredOnlyWhereItHas(@Nullable String resolution, String word) {
        var event =
                IncidentEvent.newBuilder(Events.opened("i1"))
                        .setType(IncidentEventType.CLOSED)
                        .setOpen(false)
                        .setResolution(resolution)
                        .build();
        assertThat(
                        MessageText.of(Events.message("d1", event, "route 1"), Room.EACH.getFirst())
                                .title())
                .startsWith(word + ": Shop");
    }

    @ParameterizedTest
    @CsvSource({"1,1st", "2,2nd", "3,3rd", "4,4th", "11,11th", "12,12th", "21,21st", "112,112th"})
    void ordinalsAreEnglish(int n, String expected) {
        assertThat(MessageText.ordinal(n)).isEqualTo(expected);
    }
}
