package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.check.Reports;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.schemas.UserReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UserReportDeskTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private final MapStore store = new MapStore();
    private final Post post = new Post();
    private UserReportDesk desk = new UserReportDesk(store, post.outbox, post.leftOut);

    private static UserReport report(String service, String reporter) {
        return UserReport.newBuilder()
                .setReportId("r")
                .setService(service)
                .setAt(START)
                .setReporter(reporter)
                .build();
    }

    private @Nullable String reports(double second, String reporter) {
        var at = START.plusMillis(Math.round(second * 1000));
        return desk.take(new ReportSource().signal("shop", report("shop", reporter), at), at);
    }

    private void has(int partition, boolean has) {
        desk.take(UserReportDesk.service("shop", partition, has, START), START);
    }

    private List<Integer> told() {
        return post.signals.stream().map(s -> ReportSource.reports(s).users()).toList();
    }

    @Test
    void whatCannotBeReadIsLeftOutAndTheRestIsThere() {
        store.put("reported\0shop\0ana", new byte[] {99});
        store.put("nonsense", new byte[0]);
        desk = new UserReportDesk(store, post.outbox, post.leftOut);
        assertThat(post.metrics.counter("tocsin_streams_stored_unreadable_total").count())
                .isEqualTo(2);
    }

    @Test
    void twelveWhoReportAreToldAsTwelveAndARestartForgetsNone() {
        has(3, true);
        for (int user = 0; user < 11; user++) {
            assertThat(reports(user / 100.0, "user" + user)).isNull();
        }
        desk = new UserReportDesk(store, post.outbox, post.leftOut);
        reports(0.5, "user11");
        assertThat(told()).containsExactly(5, 12);
        var signal = post.signals.getLast();
        assertThat(signal.getSubject()).isEqualTo("shop");
        assertThat(signal.getAttributes().get("from-ms"))
                .isEqualTo(Long.toString(START.toEpochMilli()));
        assertThat(ReportSource.reports(signal))
                .isEqualTo(new Reports(12, START.plusMillis(300_500)));
        assertThat(store.entries).hasSize(13);
        desk.tick(START.plusMillis(300_499));
        assertThat(store.entries).hasSize(2);
        desk = new UserReportDesk(store, post.outbox, post.leftOut);
        desk.tick(START.plusMillis(300_500));
        assertThat(store.entries).hasSize(1);
        assertThat(told()).hasSize(2);
    }

    @Test
    void whatIsNotToldAtOnceIsToldByATick() {
        has(0, true);
        for (int user = 0; user < 9; user++) {
            reports(0, "user" + user);
        }
        desk.tick(START.plusMillis(999));
        assertThat(told()).containsExactly(5);
        desk.tick(START.plusSeconds(1));
        desk.tick(START.plusSeconds(9));
        assertThat(told()).containsExactly(5, 9);
    }

    @Test
    void aReportCostsTheSameHoweverManyThereAre() {
        has(0, true);
        for (int user = 0; user < 20_000; user++) {
            reports(user / 100.0, "user" + user);
        }
        assertThat(store.largest).isLessThan(100);
        assertThat(store.entries).hasSize(10_001);
        assertThat(told()).last().isEqualTo(10_000);
        assertThat(told()).hasSizeLessThan(202);
    }

    @Test
    void aReportOfAServiceWithoutAnyCheckIsRefused() {
        var refusal = "a report of the service shop, of which there is no check";
        assertThat(reports(1, "ana")).isEqualTo(refusal);
        has(0, true);
        has(1, true);
        has(1, true);
        has(0, false);
        desk = new UserReportDesk(store, post.outbox, post.leftOut);
        assertThat(reports(1, "ana")).isNull();
        has(1, false);
        has(1, false);
        assertThat(reports(1, "ben")).isEqualTo(refusal);
        desk = new UserReportDesk(store, post.outbox, post.leftOut);
        assertThat(reports(1, "ben")).isEqualTo(refusal);
    }

    @Test
    void aReporterIsAnIdOfSixtyFourCharactersAtMost() {
        var signal = new ReportSource().signal("shop", report("shop", "x".repeat(65)), START);
        assertThat(signal.getAttributes().get("reporter")).hasSize(64);
        assertThat(signal.getKind()).isEqualTo(SignalKind.USER_REPORT);
        assertThat(UserReportDesk.key(signal.getSubject())).isEqualTo("service:shop");
    }

    @Test
    void whatMakesNoSenseIsSaid() {
        var source = new ReportSource();
        assertThatThrownBy(() -> source.signal("shop", null, START)).hasMessageContaining("key");
        assertThatThrownBy(() -> source.signal("shop", report("mail", "ana"), START))
                .hasMessage("a report needs its service as key");
        assertThatThrownBy(() -> source.signal("shop", report("shop", " "), START))
                .hasMessage("a report needs what tells its reporter apart");
        var bare = Wire.signal("s", SignalKind.USER_REPORT, "shop", true, START);
        assertThatThrownBy(() -> desk.take(bare.build(), START))
                .isInstanceOf(SerializationException.class)
                .hasMessage("a USER_REPORT signal without its reporter");
        assertThatThrownBy(() -> desk.take(bare.setSubject("a\0b").build(), START))
                .hasMessage("a service's id has no NUL");
        for (var attributes : List.of(Map.of("users", "1"), Map.of("until-ms", "1"))) {
            var signal = Signal.newBuilder(bare.build()).setAttributes(attributes).build();
            assertThatThrownBy(() -> ReportSource.reports(signal))
                    .isInstanceOf(SerializationException.class);
        }
    }
}
