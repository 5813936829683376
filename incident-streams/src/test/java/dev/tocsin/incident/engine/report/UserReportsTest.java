package dev.tocsin.incident.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.report.UserReports.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Rule 10: how many different users report a service.
class UserReportsTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private final UserReports reports = new UserReports();

    private static Instant at(double second) {
        return START.plusMillis(Math.round(second * 1000));
    }

    private UserReports add(double second, String... users) {
        for (var user : users) {
            reports.add(user, at(second));
        }
        return reports;
    }

    @Test
    void rule10FiveDifferentUsersWithinFiveMinutesAreEnough() {
        assertThat(add(0, "a", "b", "c", "d").tell()).isNull();
        assertThat(add(9, "d").tell()).isNull(); // the same again
        assertThat(add(10, "e").tell()).isEqualTo(new Told(5, at(0), at(310)));
        assertThat(reports.tell()).isNull();
    }

    @Test
    void rule10WhoReportedFiveMinutesAgoNoLongerCounts() {
        add(0, "a", "b");
        assertThat(reports.add("c", at(299.999))).isEmpty();
        assertThat(reports.add("d", at(300))).containsExactly("a", "b");
        assertThat(add(301, "e", "f").tell()).isNull();
        assertThat(add(302, "g").tell()).isEqualTo(new Told(5, at(299.999), at(602)));
        assertThat(reports.pass(at(601))).containsExactly("c", "d", "e", "f");
        assertThat(reports.isEmpty()).isFalse();
        assertThat(reports.pass(at(602))).containsExactly("g");
        assertThat(reports.isEmpty()).isTrue();
    }

    @Test
    void rule10WhoReportsAgainCountsOnceAndFromThen() {
        add(0, "a", "b");
        add(200, "a");
        assertThat(reports.lastAt("a")).isEqualTo(at(200));
        assertThat(reports.pass(at(300))).containsExactly("b");
        assertThat(reports.lastAt("b")).isNull();
        assertThat(reports.pass(at(500))).containsExactly("a");
    }

    @Test
    void rule10TwelveWhoReportedAreToldAsTwelveWithinASecond() {
        var told = new ArrayList<Integer>();
        for (int user = 0; user < 12; user++) {
            var tell = add(user / 100.0, "user" + user).tell();
            if (tell != null) {
                told.add(tell.users());
            }
        }
        assertThat(told).containsExactly(5);
        reports.pass(at(1));
        assertThat(reports.tell()).isNull();
        reports.pass(at(1.04));
        assertThat(reports.tell()).isEqualTo(new Told(12, at(0), at(300.11)));
    }

    @Test
    void rule10AsManyAsBeforeAreToldOnceAMinuteAndOnlyWhileReportsCome() {
        add(0, "a", "b", "c", "d", "e").tell();
        assertThat(add(59.999, "a").tell()).isNull();
        assertThat(add(60, "b").tell()).isEqualTo(new Told(5, at(0), at(360)));
        reports.pass(at(200));
        assertThat(reports.tell()).isNull();
    }

    @Test
    void rule10ThatTheyBecomeFewerIsNotToldByItself() {
        add(0, "a");
        add(100, "b", "c", "d", "e", "f").tell();
        assertThat(reports.pass(at(300))).containsExactly("a");
        assertThat(reports.tell()).isNull();
        assertThat(add(301, "b").tell()).isEqualTo(new Told(5, at(100), at(601)));
    }

    @Test
    void rule10AClockThatGoesBackTakesNothingBack() {
        add(100, "a");
        assertThat(reports.add("b", at(0))).isEmpty();
        assertThat(reports.lastAt("b")).isEqualTo(at(100));
    }

    @Test
    void rule10OfMoreThanTenThousandTheLatestAreKept() {
        var gone = new ArrayList<String>();
        for (int user = 0; user < 10_003; user++) {
            gone.addAll(reports.add("user" + user, at(1)));
        }
        assertThat(gone).isEqualTo(List.of("user0", "user1", "user2"));
        assertThat(reports.add("user10002", at(2))).isEmpty();
        assertThat(reports.tell()).isEqualTo(new Told(10_000, at(1), at(302)));
    }
}
