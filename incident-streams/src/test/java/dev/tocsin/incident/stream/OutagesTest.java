package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.wire.Incidents;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private static final Instant START = Incidents.START;

    private final MapStore store = new MapStore();
    private final Post post = new Post();
    private Outages outages = new Outages(store, post.outbox, post.leftOut);

    private void hear(String check, int regions, boolean open, int ms) {
        var at = START.plusMillis(ms);
        // Read much later: that must not matter.
        outages.take(
                Incidents.signal(
                        Incidents.event(check, regions, open, at)
                                .setFailingSince(open ? at : null)
                                .build()),
                START.plusSeconds(5000));
    }

    private void restart() {
        outages = new Outages(store, post.outbox, post.leftOut);
    }

    private List<String> told() {
        return post.events.stream().map(event -> event.getType() + " " + event.getSeq()).toList();
    }

    /// @return bytes written to the store
    private long badDay(int checks, int regions) {
        for (int check = 0; check < checks; check++) {
            hear("check" + check, regions, true, check);
        }
        for (int check = 0; check < checks; check++) {
            hear("check" + check, regions, false, 60_000 + check);
        }
        for (int second = 700; second < 730; second++) {
            outages.tick(START.plusSeconds(second));
        }
        return store.bytes;
    }

    @Test
    void tenThousandThatFailAtOnceCostEachWhatOneCosts() {
        var few = new OutagesTest();
        long each = few.badDay(500, 3) / 500;
        assertThat(badDay(10_000, 3) / 10_000).isLessThan(each * 5 / 4);
        assertThat(each).isLessThan(6000);
        assertThat(store.largest).isLessThan(4000);
        assertThat(store.writes).isLessThan(5 * 10_000 + 100);
        assertThat(post.largest).isLessThan(64_000);
        assertThat(post.events).hasSizeBetween(15, 25);
        assertThat(post.events.getLast().getType()).isEqualTo(IncidentEventType.CLOSED);
        assertThat(post.events.getLast().getChildrenCount()).isEqualTo(10_000);
        assertThat(post.signals).allMatch(s -> s.getKind() == SignalKind.OUTAGE);
        // The first was alone until the second failed.
        assertThat(post.signals.stream().filter(s -> !s.getActive()).map(Signal::getRelated))
                .containsExactly(List.of("incident-of-check0"));
        assertThat(post.signals.stream().filter(Signal::getActive)).hasSize(10_000);
        assertThat(store.entries.keySet()).containsExactlyInAnyOrder("all\0head", "all\0turns");
    }

    @Test
    void in155RegionsNoEntryIsLarge() {
        badDay(200, 155);
        assertThat(store.largest).isLessThan(16_000);
        assertThat(post.largest).isLessThan(64_000);
    }

    @Test
    void aRestartForgetsNothing() {
        hear("a", 3, true, 0);
        restart();
        hear("b", 3, true, 100);
        restart();
        hear("c", 3, true, 200);
        assertThat(told()).containsExactly("OPENED 1");
        restart();
        outages.tick(START.plusMillis(1099));
        assertThat(told()).hasSize(1);
        outages.tick(START.plusMillis(1100));
        assertThat(told()).containsExactly("OPENED 1", "UPDATED 2");
        assertThat(post.events.getLast().getReason()).isEqualTo("also failing: Name of c");
        assertThat(post.events.getLast().getAt()).isEqualTo(START.plusMillis(1100));
        for (var check : List.of("a", "b", "c")) {
            restart();
            hear(check, 3, false, 5000);
        }
        assertThat(told()).endsWith("CLOSED 4");
        restart();
        outages.tick(START.plusSeconds(605));
        assertThat(store.entries).hasSize(5);
        restart();
        outages.tick(START.plusSeconds(606));
        assertThat(store.entries).hasSize(2);
        hear("a", 3, true, 1_000_000);
        hear("b", 3, true, 1_000_000);
        assertThat(post.events.getLast().getRecurrence().getIn30Days()).isEqualTo(2);
        assertThat(post.events.getLast().getPreviousIncidentId())
                .isEqualTo(post.events.getFirst().getIncidentId());
    }

    @Test
    void whatIsLeftOfTheLastOutageIsForgottenWhenAnotherBegins() {
        hear("a", 1, true, 0);
        hear("b", 1, true, 0);
        hear("old", 1, true, 0);
        for (var check : List.of("a", "b", "old")) {
            hear(check, 1, false, 5000);
        }
        outages.tick(START.plusSeconds(6));
        hear("a", 1, true, 700_000);
        hear("b", 1, true, 700_000);
        outages.tick(START.plusSeconds(701));
        assertThat(store.entries.keySet())
                .containsExactly(
                        "all\0child\0incident-of-a",
                        "all\0child\0incident-of-b",
                        "all\0head",
                        "all\0turns");
    }

    @Test
    void aTickCostsNothingWhereNothingWaits() {
        hear("a", 3, true, 0);
        hear("b", 3, true, 100);
        outages.tick(START.plusSeconds(2));
        long writes = store.writes;
        outages.tick(START.plusSeconds(3));
        outages.tick(START.plusSeconds(4));
        assertThat(store.writes).isEqualTo(writes);
        assertThat(told()).containsExactly("OPENED 1");
    }

    @Test
    void aGroupOfWhichSomethingCannotBeReadBeginsAnewAndTheOthersGoOn() {
        hear("a", 3, true, 0);
        hear("b", 3, true, 100);
        store.put("all\0head", new byte[] {99});
        store.put("other\0head", new byte[] {99});
        restart();
        assertThat(post.metrics.counter("tocsin_streams_stored_unreadable_total").count())
                .isEqualTo(2);
        assertThat(store.get("all\0head")).as("left there").hasSize(1);
        hear("c", 3, true, 1000);
        hear("d", 3, true, 1100);
        assertThat(told()).containsExactly("OPENED 1", "OPENED 1");
        assertThat(store.entries.keySet())
                .contains("all\0child\0incident-of-c", "other\0head")
                .doesNotContain("all\0child\0incident-of-a");
    }

    @Test
    void groupsHaveNothingToDoWithEachOther() {
        hear("a", 3, true, 0);
        var other = Incidents.signal(Incidents.event("b", 3, true, START).build());
        outages.take(Signal.newBuilder(other).setSubject("other").build(), START);
        assertThat(told()).isEmpty();
        assertThatThrownBy(() ->
                        outages.take(Signal.newBuilder(other).setSubject("a\0b").build(), START))
                .isInstanceOf(SerializationException.class);
    }

    private List<String> answers() {
        return post.signals.stream()
                .map(signal ->
                        signal.getRelated().getFirst()
                                + (signal.getActive() ? " joins" : " is alone")
                                + " as of "
                                + Duration.between(START, signal.getAt()).toMillis())
                .toList();
    }

    @Test
    void anAnswerIsGivenOnceWhateverIsRestartedAndSaysWhichOpeningItIsOf() {
        hear("a", 3, true, 100);
        restart();
        hear("a", 3, true, 150); // it began to fail at another time than was known: no opening
        restart();
        hear("a", 3, false, 5000);
        restart();
        hear("a", 3, true, 9000);
        assertThat(answers())
                .containsExactly(
                        "incident-of-a is alone as of 100", "incident-of-a is alone as of 9000");
    }

    @Test
    void aMemberThatWasStoredWithoutAnAnswerIsReadAndItsOutageGoesOn() {
        hear("a", 3, true, 0);
        hear("b", 3, true, 100);
        store.entries.replaceAll((_, bytes) ->
                new String(bytes, StandardCharsets.UTF_8)
                        .replace("\"answered\":true,", "")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(
                        new String(
                                store.entries.get("all\0child\0incident-of-a"),
                                StandardCharsets.UTF_8))
                .doesNotContain("answered");
        restart();
        post.signals.clear();
        hear("a", 2, true, 200);
        hear("c", 2, true, 300);
        assertThat(answers()).containsExactly("incident-of-c joins as of 300");
        assertThat(told()).containsExactly("OPENED 1");
    }

    private static String oldChild(String id, boolean open, int startedAt) {
        return """
        {"incidentId":"incident-of-%s","checkId":"%s","name":"Name of %s","service":"service-of-%s","kind":"DOWN",\
        "severity":"CRITICAL","open":%s,"suppressed":false,"startedAt":%d.000000000,"endedAt":%s,\
        "regions":{"eu":"PASSING","us":"%s"},"labels":{"team":"x"},"reopenWithin":600.000000000,"traceparent":null}\
        """
                .formatted(
                        id,
                        id,
                        id,
                        id,
                        open,
                        startedAt,
                        open ? "null" : (startedAt + 30) + ".000000000",
                        open ? "FAILING" : "PASSING");
    }

    private void old(String children, String outage) {
        var json =
                "{\"children\":{%s},\"outage\":%s,\"turns\":[{\"at\":1763942400.000000000,\"isNew\":true}]}"
                        .formatted(children, outage);
        store.entries.put("all", ("\u0003" + json).getBytes(StandardCharsets.UTF_8));
        restart();
    }

    private static String oldOutage(String children, String closedAt) {
        return """
        {"id":"o1","seq":7,"times":{"startedAt":1763942400.000000000,"openedAt":1763942401.000000000,"endedAt":null,\
        "closedAt":%s,"changedAt":1763942401.000000000},"children":{%s},"failing":["us"],\
        "past":{"previousId":null,"in7Days":1,"in30Days":1},"traceparent":"t"}\
        """
                .formatted(closedAt, children);
    }

    private static String entry(String id, boolean open, int startedAt) {
        return "\"incident-of-" + id + "\":" + oldChild(id, open, startedAt);
    }

    @Test
    void whatWasStoredBefore01IsReadOnceAndGoesOn() {
        var children =
                String.join(
                        ",",
                        entry("a", true, 1763942400),
                        entry("b", true, 1763942410),
                        entry("c", false, 1763942405));
        old(children, oldOutage(children, "null"));
        assertThat(store.entries.keySet())
                .containsExactly(
                        "all\0child\0incident-of-a",
                        "all\0child\0incident-of-b",
                        "all\0child\0incident-of-c",
                        "all\0head",
                        "all\0turns");
        restart();
        hear("a", 1, false, 1000);
        assertThat(told()).containsExactly("UPDATED 8");
        assertThat(post.events.getFirst().getIncidentId()).isEqualTo("o1");
        assertThat(post.events.getFirst().getChildrenCount()).isEqualTo(3);
        assertThat(post.events.getFirst().getChildrenOpen()).isEqualTo(1);
        assertThat(post.events.getFirst().getChildren().getFirst().getCheckId()).isEqualTo("a");
        hear("b", 1, false, 3000);
        assertThat(told()).containsExactly("UPDATED 8", "CLOSED 9");
        assertThat(post.events.getLast().getRecurrence().getIn30Days()).isEqualTo(1);
    }

    @Test
    void whatWasStoredBeforeOfAGroupThatWasWellIsRead() {
        var closed = entry("a", false, 1763942400) + "," + entry("b", false, 1763942400);
        old(entry("c", true, 1763942700), oldOutage(closed, "1763942500.000000000"));
        hear("d", 1, true, 0);
        assertThat(told()).containsExactly("OPENED 1");
        assertThat(post.events.getLast().getPreviousIncidentId()).isEqualTo("o1");
        assertThat(post.events.getLast().getChildrenCount()).isEqualTo(2);
        store.entries.clear();
        old(entry("c", true, 1763942700), "null");
        hear("d", 1, true, 0);
        assertThat(told()).containsExactly("OPENED 1", "OPENED 1");
    }
}
