package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.fleet.Evidence;
import dev.tocsin.incident.engine.fleet.Evidence.Names;
import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a partition tells of those who measure.
class HearingTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private final Hearing hearing = new Hearing();

    static CheckDefinition check(String id, int seconds, String... regions) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setName(id)
                .setService("shop")
                .setUrl("http://" + id + "/")
                .setProbe("http")
                .setIntervalMs(seconds * 1000L)
                .setTimeoutMs(1000)
                .setRegions(List.of(regions))
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    private void add(String id, int seconds, String... regions) {
        hearing.add(check(id, seconds, regions), START);
    }

    private void heard(int second, String region, boolean voted) {
        hearing.heard(region, voted, START.plusSeconds(second).toEpochMilli());
    }

    private Evidence.Of of(int second, String region) {
        return Objects.requireNonNull(
                hearing.evidence(START.plusSeconds(second)).get(region), region);
    }

    private @Nullable Silence silence(int second, String region) {
        return of(second, region).silence();
    }

    private List<Evidence> news(int second) {
        return hearing.news(START.plusSeconds(second));
    }

    @Test
    void aRegionIsPendingUntilItIsHeardOrItsPatienceIsOver() {
        add("a", 10, "us", "eu", "lab");
        add("b", 86_400, "lab");
        add("c", 86_400, "far");
        assertThat(silence(29, "us")).isEqualTo(Silence.PENDING);
        assertThat(of(29, "us").heard()).isFalse();
        heard(29, "us", true);
        assertThat(silence(29, "us")).isNull();
        assertThat(of(29, "us").heard()).isTrue();
        assertThat(silence(30, "eu")).isEqualTo(Silence.quiet(START));
        assertThat(silence(30, "lab"))
                .as("by its most frequent check")
                .isEqualTo(Silence.quiet(START));
        assertThat(silence(7200, "far")).isEqualTo(Silence.PENDING);
    }

    @Test
    void aRegionIsQuietThreeIntervalsAfterItWasHeardLastAndNeverSoonerThanThirtySeconds() {
        add("a", 1, "us");
        add("b", 20, "eu");
        heard(5, "us", true);
        heard(5, "eu", true);
        assertThat(silence(34, "us")).isNull();
        assertThat(silence(35, "us")).isEqualTo(Silence.quiet(START.plusSeconds(5)));
        assertThat(silence(64, "eu")).isNull();
        assertThat(silence(65, "eu")).isEqualTo(Silence.quiet(START.plusSeconds(5)));
        assertThat(of(0, "us").patience()).isEqualTo(Duration.ofSeconds(30));
        assertThat(of(0, "eu").patience()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void aRegionFromWhichOnlyErrorsComeIsMute() {
        add("a", 10, "us");
        heard(0, "us", true);
        for (int second = 10; second < 60; second += 10) {
            heard(second, "us", false);
        }
        assertThat(silence(29, "us")).isNull();
        assertThat(silence(30, "us")).isEqualTo(Silence.mute(START));
        assertThat(silence(80, "us")).isEqualTo(Silence.quiet(START.plusSeconds(50)));
        heard(81, "us", true);
        assertThat(silence(81, "us")).isNull();
    }

    @Test
    void errorsAloneAfterTimeStoodStillArePendingAndThenMute() {
        add("a", 10, "us");
        heard(0, "us", true);
        hearing.resumed(START.plusSeconds(100));
        assertThat(silence(100, "us")).isEqualTo(Silence.PENDING);
        heard(110, "us", false);
        heard(120, "us", false);
        assertThat(silence(129, "us")).isEqualTo(Silence.PENDING);
        assertThat(silence(130, "us")).isEqualTo(Silence.mute(START.plusSeconds(100)));
    }

    @Test
    void whatARegionCountsAreTheChecksThatOthersSeeToo() {
        add("a", 10, "us", "eu");
        add("b", 10, "us");
        assertThat(of(0, "us").witnessed()).isEqualTo(1);
        hearing.remove(check("a", 10, "us", "eu"));
        assertThat(of(0, "us").witnessed()).isZero();
        assertThat(hearing.evidence(START)).containsOnlyKeys("us");
        heard(1, "eu", true); // of a region of which nothing is known
        assertThat(hearing.evidence(START)).containsOnlyKeys("us");
    }

    private void alone(String check, @Nullable String region, int since) {
        hearing.failsAlone(
                check, region, START.plusSeconds(since), () -> check(check, 10, "us", "eu"));
    }

    @Test
    void whatFailsAloneIsCountedPerRegionWithItsHostsAsShortHashes() {
        for (int check = 0; check < 7; check++) {
            add("c" + check, 10, "us", "eu");
            alone("c" + check, "us", 7 - check);
        }
        var us = of(10, "us");
        assertThat(us.failingAlone()).isEqualTo(7);
        assertThat(us.failingSince()).isEqualTo(START.plusSeconds(1));
        assertThat(us.targets()).hasSize(5).allMatch(target -> target.matches("[0-9a-f]{8}"));
        alone("c6", "eu", 9);
        assertThat(of(10, "us").failingAlone()).isEqualTo(6);
        assertThat(of(10, "us").failingSince()).isEqualTo(START.plusSeconds(2));
        assertThat(of(10, "eu").failingAlone()).isEqualTo(1);
        alone("c6", null, 0);
        hearing.remove(check("c0", 10, "us", "eu"));
        assertThat(of(10, "eu").failingAlone()).isZero();
        assertThat(of(10, "us").failingAlone()).isEqualTo(5);
    }

    @Test
    void aCheckThatStillFailsAloneKeepsTheTimeAtWhichItBegan() {
        add("c", 10, "us", "eu");
        alone("c", "us", 1);
        alone("c", "us", 5);
        assertThat(of(10, "us").failingSince()).isEqualTo(START.plusSeconds(1));
    }

    @Test
    void theFirstWordIsTheWholeAndTheNextOnlyWhatHasChanged() {
        add("a", 10, "us", "eu");
        var first = news(0);
        assertThat(first).hasSize(1);
        assertThat(first.getFirst().whole()).isEqualTo(Names.ALL);
        assertThat(first.getFirst().checks()).isEqualTo(1);
        assertThat(first.getFirst().regions()).containsOnlyKeys("us", "eu");
        assertThat(news(1)).isEmpty();
        heard(2, "us", true);
        var second = news(2);
        assertThat(second.getFirst().whole()).isNull();
        assertThat(second.getFirst().regions()).containsOnlyKeys("us");
        assertThat(news(3)).isEmpty();
    }

    @Test
    void asLongAsARegionIsSilentEachSecondSaysThatTimePasses() {
        add("a", 10, "us", "eu");
        heard(0, "us", true);
        news(0);
        assertThat(news(30).getFirst().regions()).containsOnlyKeys("eu", "us");
        var reminder = news(31);
        assertThat(reminder).hasSize(1);
        assertThat(reminder.getFirst().regions()).isEmpty();
        assertThat(reminder.getFirst().whole()).isNull();
    }

    @Test
    void whereARegionIsGoneTheWholeIsTold() {
        add("a", 10, "us");
        add("b", 10, "eu");
        news(0);
        hearing.remove(check("b", 10, "eu"));
        var news = news(1);
        assertThat(news.getFirst().whole()).isEqualTo(Names.ALL);
        assertThat(news.getFirst().regions()).containsOnlyKeys("us");
        assertThat(news(2)).isEmpty();
    }

    @Test
    void aCheckMoreIsToldThoughNoRegionChanges() {
        add("a", 10, "us");
        news(0);
        add("b", 10, "us");
        assertThat(news(1).getFirst().checks()).isEqualTo(2);
        assertThat(news(2)).isEmpty();
    }

    @Test
    void manyRegionsAreToldInPortionsThatTogetherAreTheWhole() {
        for (int region = 100; region < 255; region++) {
            add("c" + region, 10, "region-" + region);
        }
        var news = news(0);
        assertThat(news).hasSize(2);
        assertThat(news.getFirst().regions()).hasSize(100);
        assertThat(news.getFirst().whole()).isEqualTo(new Names(null, "region-199"));
        assertThat(news.getLast().regions()).hasSize(55);
        assertThat(news.getLast().whole()).isEqualTo(new Names("region-199", null));
        var changed = news(30);
        assertThat(changed).hasSize(2).allMatch(portion -> portion.whole() == null);
    }

    @Test
    void longNamesMakeSmallerPortions() {
        for (int region = 100; region < 110; region++) {
            add("c" + region, 10, region + "x".repeat(9997));
        }
        assertThat(news(0)).hasSize(4).allMatch(portion -> portion.regions().size() <= 3);
    }

    @Test
    void aPartitionWithoutChecksSaysSoOnce() {
        assertThat(news(0)).containsExactly(new Evidence(0, java.util.Map.of(), Names.ALL));
        assertThat(news(1)).isEmpty();
    }
}
