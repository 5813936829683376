package dev.tocsin.standalone.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OneIncidentTest {
    static {
        TrustedRecords.trust();
    }

    private final Map<String, IncidentEvent> states = new TreeMap<>();

    private IncidentEvent event(String id, String key, IncidentKind kind, int openedAt) {
        boolean check = !key.contains(":");
        var event =
                IncidentEvent.newBuilder()
                        .setEventId("e-" + id)
                        .setIncidentId(id)
                        .setSeq(1)
                        .setType(IncidentEventType.OPENED)
                        .setKey(key)
                        .setCheckId(check ? key : null)
                        .setName(key)
                        .setKind(kind)
                        .setOpen(true)
                        .setReason("")
                        .setStartedAt(Instant.EPOCH)
                        .setOpenedAt(Instant.EPOCH.plusSeconds(openedAt))
                        .setAt(Instant.EPOCH)
                        .setRecurrence(new Recurrence(1, 1))
                        .setDecision(new Decision(0, 0, 0, 0, 0, 0, "", ""))
                        .setConfigVersion("")
                        .build();
        return put(event);
    }

    private IncidentEvent put(IncidentEvent event) {
        states.put(event.getIncidentId(), event);
        return event;
    }

    private IncidentEvent down(String id, String check, int openedAt, @Nullable String outage) {
        var event = event(id, check, IncidentKind.DOWN, openedAt);
        return put(IncidentEvent.newBuilder(event).setOutageId(outage).build());
    }

    @Test
    void isMeantByItsIdItsFirstCharactersOrItsKey() {
        var old = down("1234aaaa", "shop", 1, null);
        var now = down("1234bbbb", "shop", 2, null);
        var region = event("77777777", "region:us", IncidentKind.REGION_ISOLATED, 3);
        assertThat(OneIncident.named("1234aaaa", states)).isSameAs(old);
        assertThat(OneIncident.named("1234a", states)).isSameAs(old);
        assertThat(OneIncident.named("shop", states)).isSameAs(now);
        assertThat(OneIncident.named("region:us", states)).isSameAs(region);
    }

    /// `ack 7` acknowledged whatever began with a 7.
    @Test
    void fewCharactersOrMoreThanOneIncidentAreRefused() {
        var _ = down("1234aaaa", "shop", 1, null);
        var _ = down("1234bbbb", "mail", 2, null);
        assertThatThrownBy(() -> OneIncident.named("123", states))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("too little of an incident's id: 4 characters");
        assertThatThrownBy(() -> OneIncident.named("", states)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> OneIncident.named("1234", states))
                .hasMessageContaining("begins the ids of 2 incidents: 1234aaaa, 1234bbbb");
        assertThatThrownBy(() -> OneIncident.named("nothing", states))
                .hasMessageContaining("no incident \"nothing\"");
    }

    /// Its events name 50 of its parts; the others were not acknowledged with it.
    @Test
    void allOpenPartsOfAnOutageAreMeantAlsoThoseThatItDoesNotName() {
        var outage = event("9999aaaa", "outage:all", IncidentKind.OUTAGE, 1);
        var named =
                IncidentEvent.newBuilder(outage)
                        .setChildren(
                                List.of(
                                        new OutageChild(
                                                "a1",
                                                "a",
                                                "a",
                                                null,
                                                IncidentKind.DOWN,
                                                true,
                                                Map.of()),
                                        new OutageChild(
                                                "b1",
                                                "b",
                                                "b",
                                                null,
                                                IncidentKind.DOWN,
                                                false,
                                                Map.of())))
                        .build();
        var _ = down("a1", "a", 1, "9999aaaa");
        var _ =
                put(
                        IncidentEvent.newBuilder(down("b1", "b", 1, "9999aaaa"))
                                .setOpen(false)
                                .build());
        var _ = down("c1", "c", 1, "9999aaaa");
        var _ = down("d1", "d", 1, null);
        assertThat(OneIncident.parts(named, states)).isEqualTo(Map.of("a", "a1", "c", "c1"));
    }

    @Test
    void whatNothingIsKnownOfIsNotFound() {
        var _ = down("1234aaaa", "shop", 1, null);
        assertThat(OneIncident.find("test-5678", states)).isEmpty();
        assertThat(OneIncident.find("12", states)).isEmpty();
    }

    @Test
    void whatIsNoChecksSaysWhyNobodyCanHandleIt() {
        for (var kind : List.of(IncidentKind.REGION_ISOLATED, IncidentKind.PIPELINE_STALLED)) {
            var key = kind == IncidentKind.REGION_ISOLATED ? "region:us" : "pipeline:stalled";
            var event = event("55555555", key, kind, 1);
            assertThatThrownBy(() -> OneIncident.parts(event, states))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("closes by itself")
                    .hasMessageContaining("tocsin why " + key);
        }
    }

    @Test
    void anOutageWithoutAnOpenPartSaysSo() {
        var outage = event("9999aaaa", "outage:all", IncidentKind.OUTAGE, 1);
        assertThatThrownBy(() -> OneIncident.parts(outage, states))
                .hasMessageContaining("has no part that is open");
    }
}
