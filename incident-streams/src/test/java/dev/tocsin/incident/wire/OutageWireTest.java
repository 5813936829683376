package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.outage.Group;
import dev.tocsin.incident.engine.outage.Member;
import dev.tocsin.incident.engine.outage.OutageEngine;
import dev.tocsin.incident.engine.outage.Standing;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class OutageWireTest {
    private static final Instant START = Incidents.START;

    private final Map<String, Member> members = new HashMap<>();
    private Group group = Group.EMPTY;
    private IncidentEvent last = Incidents.event("none", 0, true, START).build();

    private void hear(IncidentEvent event) {
        var child = OutageWire.child(Incidents.signal(event));
        var step =
                OutageEngine.step(
                        group, "all", members.get(child.incidentId()), child, event.getAt());
        step.members().forEach(members::put);
        group = step.next();
        step.events().forEach(told -> last = OutageWire.event(told, "all"));
    }

    private void tick(int second) {
        var step = OutageEngine.tick(group, START.plusSeconds(second));
        group = step.next();
        step.events().forEach(told -> last = OutageWire.event(told, "all"));
    }

    private static int size(IncidentEvent event) {
        try {
            return event.toByteBuffer().remaining();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheOwnerOfAGroupIsToldIsSmallAndSaysAllThatItNeeds() throws IOException {
        var signal =
                Incidents.signal(
                        Incidents.event("shop", 3, true, START.plusSeconds(5))
                                .setName("n".repeat(300))
                                .setLabels(Map.of("a", "b".repeat(500), "c", "d".repeat(500)))
                                .setFailingSince(START.plusSeconds(2))
                                .setFlapping(true)
                                .setCommandId("c1")
                                .setAcknowledgedBy("ana")
                                .build());
        assertThat(signal.toByteBuffer().remaining()).isLessThan(1800);
        assertThat(signal.getSubject()).isEqualTo("all");
        assertThat(signal.getAt()).isEqualTo(START.plusSeconds(5));
        var child = OutageWire.child(signal);
        assertThat(child.name()).hasSize(200).endsWith("…");
        assertThat(child.labels()).containsOnlyKeys("a");
        assertThat(child.startedAt()).isEqualTo(START.plusSeconds(2));
        assertThat(child.flapping()).isTrue();
        assertThat(child.open()).isTrue();
        assertThat(child.suppressed()).isFalse();
        assertThat(child.kind()).isEqualTo(Kind.DOWN);
        assertThat(child.service()).isEqualTo("service-of-shop");
        assertThat(child.reopenWithin()).isEqualTo(Duration.ofMinutes(10));
        assertThat(child.traceparent()).startsWith("00-0af7");
        assertThat(child.regions()).hasSize(3).containsEntry("region-000", Standing.FAILING);
        assertThat(signal.getIncident())
                .satisfies(slim -> {
                    assertThat(slim.getReason()).isEmpty();
                    assertThat(slim.getDecision().getExplanation()).isEmpty();
                    assertThat(slim.getCommandId()).isNull();
                    assertThat(slim.getAcknowledgedBy()).isNull();
                });
    }

    @Test
    void whatItsCheckTakesForFineIsSaidOfThoseThatAreNotHeard() {
        var regions =
                Map.of(
                        "a", RegionVerdict.FAILING,
                        "b", RegionVerdict.UNKNOWN,
                        "c", RegionVerdict.SILENT,
                        "d", RegionVerdict.UNKNOWN,
                        "e", RegionVerdict.PASSING);
        var statuses = new ArrayList<RegionStatus>();
        new TreeMap<>(regions)
                .forEach((name, verdict) ->
                        statuses.add(new RegionStatus(name, verdict, null, null, null)));
        var event = Incidents.event("shop", 0, true, START).setRegions(statuses).build();
        var signal = Incidents.signal(event, Set.of("b", "c", "e"));
        assertThat(OutageWire.child(signal).fine()).containsExactlyInAnyOrder("b", "c");
        assertThat(Member.of(null, OutageWire.child(signal), false).fine())
                .containsExactly("b", "c", "e");
        assertThat(OutageWire.child(Incidents.signal(event)).fine()).isEmpty();
        // As an earlier build told it: what was fine before it fell silent is.
        var less = new HashMap<>(signal.getAttributes());
        less.remove("fine");
        var old = OutageWire.child(Signal.newBuilder(signal).setAttributes(less).build());
        assertThat(old.fine()).isNull();
        var before = Member.of(null, OutageWire.child(signal), false);
        assertThat(Member.of(before, old, false).fine()).containsExactly("b", "c", "e");
    }

    @Test
    void withoutABeginOfThisTimeTheFirstCountsAndWithoutAServiceTheCheck() {
        var event =
                Incidents.event("shop", 0, true, START.plusSeconds(5))
                        .setService(null)
                        .setSuppressedBy("maintenance:x")
                        .setRegions(
                                List.of(
                                        RegionStatus.newBuilder()
                                                .setRegion("eu")
                                                .setVerdict(RegionVerdict.ISOLATED)
                                                .build()))
                        .build();
        var child = OutageWire.child(Incidents.signal(event));
        assertThat(child.startedAt()).isEqualTo(START);
        assertThat(child.service()).isEqualTo("shop");
        assertThat(child.suppressed()).isTrue();
        assertThat(child.regions()).isEqualTo(Map.of("eu", Standing.ISOLATED));
    }

    @Test
    void aSignalThatLacksWhatItMustHaveIsNoIncident() {
        var whole = Incidents.signal(Incidents.event("shop", 1, true, START).build());
        for (var broken :
                List.of(
                        Signal.newBuilder(whole).setIncident(null).build(),
                        Signal.newBuilder(whole).setAttributes(Map.of()).build(),
                        Signal.newBuilder(whole)
                                .setIncident(
                                        IncidentEvent.newBuilder(whole.getIncident())
                                                .setCheckId(null)
                                                .build())
                                .build())) {
            assertThatThrownBy(() -> OutageWire.child(broken))
                    .isInstanceOf(SerializationException.class);
        }
    }

    @Test
    void anOutageSaysWhatIsSoNowAndInTheEndAllThatItWas() {
        hear(Incidents.event("mail", 2, true, START.plusSeconds(1)).build());
        hear(Incidents.event("shop", 2, true, START.plusSeconds(2)).build());
        assertThat(last.getKey()).isEqualTo("outage:all");
        assertThat(last.getName()).isEqualTo("Outage of service-of-mail, service-of-shop");
        assertThat(last.getScope()).isEqualTo(Scope.GLOBAL);
        assertThat(last.getSeverity()).isEqualTo(Severity.CRITICAL);
        assertThat(last.getOpen()).isTrue();
        assertThat(last.getResolution()).isNull();
        assertThat(last.getOpenedAt()).isEqualTo(START.plusSeconds(2));
        assertThat(last.getFailingSince()).isEqualTo(START);
        assertThat(last.getFailingMs()).isEqualTo(2000);
        assertThat(last.getEndedAt()).isNull();
        assertThat(last.getClosedAt()).isNull();
        assertThat(last.getServices()).containsExactly("service-of-mail", "service-of-shop");
        assertThat(last.getServicesCount()).isEqualTo(2);
        assertThat(last.getChildrenCount()).isEqualTo(2);
        assertThat(last.getChildrenOpen()).isEqualTo(2);
        assertThat(last.getChildren().stream().map(OutageChild::getCheckId))
                .containsExactly("mail", "shop");
        assertThat(last.getDecision().getExplanation())
                .isEqualTo(
                        "2 of 2 incidents of the group all are open, in 2 of 2 regions; two checks at once are an outage");
        hear(
                Incidents.event("mail", 3, true, START.plusSeconds(5))
                        .setSeq(2)
                        .setSeverity(Severity.WARNING)
                        .setRegions(
                                List.of(
                                        status("region-000", RegionVerdict.FAILING),
                                        status("region-001", RegionVerdict.PASSING),
                                        status("region-002", RegionVerdict.PASSING),
                                        status("region-003", RegionVerdict.SILENT)))
                        .build());
        assertThat(last.getScope()).isEqualTo(Scope.REGIONAL);
        assertThat(last.getRegions().stream().map(r -> r.getVerdict().name()))
                .containsExactly("FAILING", "FAILING", "PASSING", "SILENT");
        assertThat(last.getDecision().getFailing()).isEqualTo(2);
        assertThat(last.getDecision().getVoting()).isEqualTo(3);
        assertThat(last.getDecision().getConfigured()).isEqualTo(4);
        hear(Incidents.event("mail", 2, false, START.plusSeconds(8)).build());
        hear(Incidents.event("shop", 2, false, START.plusSeconds(9)).build());
        assertThat(last.getScope()).isEqualTo(Scope.GLOBAL);
        assertThat(last.getSeverity()).isEqualTo(Severity.CRITICAL);
        assertThat(last.getResolution()).isEqualTo("recovered");
        assertThat(last.getEndedAt()).isEqualTo(START.plusSeconds(9));
        assertThat(last.getClosedAt()).isEqualTo(START.plusSeconds(9));
        assertThat(last.getFailingMs()).isEqualTo(9000);
        assertThat(last.getChildrenOpen()).isZero();
        assertThat(last.getChildren()).noneMatch(OutageChild::getOpen);
    }

    private static RegionStatus status(String region, RegionVerdict verdict) {
        return RegionStatus.newBuilder().setRegion(region).setVerdict(verdict).build();
    }

    private void manyFail(int checks, int regions, String name, Map<String, String> labels) {
        for (int check = 0; check < checks; check++) {
            hear(
                    Incidents.event("c" + check, regions, true, START.plusMillis(check))
                            .setName(check + name)
                            .setService(check + name)
                            .setLabels(labels)
                            .build());
        }
        tick(100);
    }

    @Test
    void tenThousandWithLongNamesIn155RegionsAreARecordOfLessThan64Kilobytes() {
        manyFail(10_000, 155, " \u20ac".repeat(200), Map.of("a", "\u20ac".repeat(500)));
        assertThat(size(last)).isLessThan(62_000);
        assertThat(last.getChildrenCount()).isEqualTo(10_000);
        assertThat(last.getChildrenOpen()).isEqualTo(10_000);
        assertThat(last.getServicesCount()).isEqualTo(10_000);
        assertThat(last.getChildren()).hasSize(50).allMatch(child -> child.getLabels().isEmpty());
        assertThat(last.getServices()).hasSize(50);
        assertThat(last.getRegions()).hasSize(155);
        assertThat(last.getName()).hasSize(200).startsWith("Outage of ");
        assertThat(last.getReason().length()).isLessThanOrEqualTo(1000);
        assertThat(last.getReason()).matches("(?s)also failing: .* and \\d+ more");
    }

    @Test
    void labelsGoFirstThenNamesThenWhoIsNamed() {
        manyFail(60, 3, " name", Map.of("team", "mail"));
        assertThat(last.getChildren()).hasSize(50);
        assertThat(last.getChildren()).allMatch(child -> child.getLabels().containsKey("team"));
        assertThat(last.getName()).isEqualTo("Outage of 0 name, 1 name, 10 name and 57 more");
        var child = last.getChildren().getFirst();
        var labels =
                last.getChildren().stream()
                        .map(c ->
                                OutageChild.newBuilder(c)
                                        .setLabels(Map.of("a", "x".repeat(2000)))
                                        .build())
                        .toList();
        var labelled = Fitting.fit(IncidentEvent.newBuilder(last).setChildren(labels).build());
        assertThat(labelled.getChildren())
                .hasSize(50)
                .contains(OutageChild.newBuilder(child).setLabels(Map.of()).build());
        var named =
                last.getChildren().stream()
                        .map(c -> OutageChild.newBuilder(c).setName("y".repeat(2000)).build())
                        .toList();
        var clipped =
                Fitting.fit(
                        IncidentEvent.newBuilder(last)
                                .setChildren(named)
                                .setServices(List.of("s".repeat(70)))
                                .build());
        assertThat(clipped.getChildren()).hasSize(50).allMatch(c -> c.getName().length() == 60);
        assertThat(clipped.getServices().getFirst()).hasSize(60);
        var unclippable =
                last.getChildren().stream()
                        .map(c -> OutageChild.newBuilder(c).setCheckId("z".repeat(2000)).build())
                        .toList();
        var few = Fitting.fit(IncidentEvent.newBuilder(last).setChildren(unclippable).build());
        assertThat(few.getChildren()).hasSize(25);
        assertThat(few.getChildrenCount()).isEqualTo(60);
        var regions = Collections.nCopies(155, status("r".repeat(600), RegionVerdict.FAILING));
        var bare =
                Fitting.fit(
                        IncidentEvent.newBuilder(last)
                                .setChildren(unclippable)
                                .setRegions(regions)
                                .build());
        assertThat(bare.getChildren()).isEmpty();
        assertThat(bare.getRegions()).hasSize(77);
    }

    @Test
    void whoIsAloneIsToldInASmallSignal() throws IOException {
        var signal = OutageWire.alone("all", "incident-1", START);
        assertThat(signal.getKind()).isEqualTo(SignalKind.OUTAGE);
        assertThat(signal.getSubject()).isEqualTo("group:all");
        assertThat(signal.getRelated()).containsExactly("incident-1");
        assertThat(signal.getActive()).isFalse();
        assertThat(signal.toByteBuffer().remaining()).isLessThan(200);
    }

    @Test
    void aCheckReadsThatItJoinsThatItIsAloneAndThatItsOutageIsOver() {
        var now = START.plusSeconds(1);
        assertThat(OutageWire.inputs(OutageWire.membership("o1", "i1", true, START), now))
                .containsExactly(new Input.Joined(now, "i1", "o1", START));
        assertThat(OutageWire.inputs(OutageWire.membership("o1", "i1", false, START), now))
                .containsExactly(new Input.Joined(now, "i1", null, START));
        assertThat(OutageWire.inputs(OutageWire.alone("all", "i1", START), now))
                .containsExactly(new Input.Alone(now, "i1", START));
    }

    @Test
    void whoJoinsIsToldInASmallSignal() throws IOException {
        var signal = OutageWire.membership("outage-1", "incident-1", true, START);
        assertThat(signal.getSubject()).isEqualTo("outage-1");
        assertThat(signal.getRelated()).containsExactly("incident-1");
        assertThat(signal.getIncident()).isNull();
        assertThat(signal.getActive()).isTrue();
        assertThat(signal.toByteBuffer().remaining()).isLessThan(200);
    }
}
