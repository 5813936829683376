package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.agent.schedule.Agenda.Now;
import dev.tocsin.agent.schedule.Agenda.Skipped;
import dev.tocsin.agent.schedule.Agenda.Start;
import dev.tocsin.agent.schedule.Agenda.Task;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Hours of an agent in milliseconds: both clocks are the test's.
class AgendaTest {
    static {
        TrustedRecords.trust();
    }

    private static final int INTERVAL_S = 10;

    private Agenda agenda = new Agenda("us", 256);
    private Instant wall = Instant.parse("2026-11-24T10:00:00Z");
    private long nanos = 5_000_000_000L;
    private Predicate<String> mine = _ -> true;

    private record End(long run, Outcome outcome, Instant startedAt, long atNanos) {}

    private final PriorityQueue<End> ends =
            new PriorityQueue<>((a, b) -> Long.compare(a.atNanos, b.atNanos));
    private final List<Start> started = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();

    private static CheckDefinition check(String id) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("1")
                .setName(id)
                .setService(id)
                .setUrl("http://x/")
                .setProbe("http")
                .setIntervalMs(INTERVAL_S * 1000)
                .setTimeoutMs(10_000)
                .setRegions(List.of("us"))
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    private Now now() {
        return new Now(wall, nanos);
    }

    private void put(String id, String host) {
        agenda.put(check(id), host, now());
    }

    /// Dead ones hold their place until their timeout.
    private static boolean dead(CheckDefinition check) {
        return check.getCheckId().startsWith("dead");
    }

    private void take(List<Task> tasks) {
        for (var task : tasks) {
            switch (task) {
                case Start start -> {
                    started.add(start);
                    boolean dead = dead(start.check());
                    long took = dead ? 10_000_000_000L : 5_000_000L;
                    ends.add(
                            new End(
                                    start.run(),
                                    dead ? Outcome.FAIL : Outcome.PASS,
                                    wall,
                                    nanos + took));
                }
                case Skipped skip -> skipped.add(skip);
            }
        }
    }

    private void pass(long nanosPassed) {
        wall = wall.plusNanos(nanosPassed);
        nanos += nanosPassed;
    }

    /// As the scheduler does: to the next thing that is due or ends.
    private void goOn(Duration time) {
        long until = nanos + time.toNanos();
        while (nanos < until) {
            take(agenda.at(now(), mine));
            long step = Math.max(1, agenda.idleFor(now()).toNanos());
            var end = ends.peek();
            if (end != null) {
                step = Math.min(step, Math.max(0, end.atNanos - nanos));
            }
            pass(Math.min(step, until - nanos));
            while (!ends.isEmpty() && ends.peek().atNanos <= nanos) {
                var ended = ends.poll();
                take(agenda.ended(ended.run, ended.outcome, ended.startedAt, now()));
            }
        }
    }

    private long startsOf(String prefix) {
        return started.stream().filter(s -> s.check().getCheckId().startsWith(prefix)).count();
    }

    private List<Skipped> skippedOf(String prefix) {
        return skipped.stream().filter(s -> s.check().getCheckId().startsWith(prefix)).toList();
    }

    @Test
    void everySlotRunsOnceAtItsTime() {
        put("shop", "shop");
        goOn(Duration.ofHours(1));
        assertThat(started).hasSize(3600 / INTERVAL_S);
        for (int i = 1; i < started.size(); i++) {
            assertThat(started.get(i).due())
                    .isEqualTo(started.get(i - 1).due().plusSeconds(INTERVAL_S));
        }
        assertThat(skipped).isEmpty();
    }

    @Test
    void whatIsPutAnewRunsInPlaceOfTheOneBefore() {
        put("shop", "shop");
        goOn(Duration.ofSeconds(3));
        put("shop", "elsewhere");
        started.clear();
        goOn(Duration.ofHours(1));
        assertThat(started).hasSize(3600 / INTERVAL_S);
        assertThat(agenda.ids()).containsExactly("shop");
    }

    /// It looks each second all the same: a clock may be set.
    @Test
    void itIsIdleUntilTheNextIsDue() {
        assertThat(agenda.idleFor(now())).isEqualTo(Duration.ofSeconds(1));
        put("shop", "shop");
        int looks = 0;
        for (var idle = agenda.idleFor(now()); idle.isPositive(); idle = agenda.idleFor(now())) {
            assertThat(idle).isLessThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(agenda.at(now(), mine)).isEmpty();
            pass(idle.toNanos());
            looks++;
        }
        assertThat(looks).isBetween(1, INTERVAL_S);
        pass(1_000_000_000L);
        assertThat(agenda.idleFor(now())).isZero();
        take(agenda.at(now(), mine));
        assertThat(started).hasSize(1);
        assertThat(agenda.idleFor(now())).isPositive();
    }

    /// A millisecond each has waited counts; who took long last time waits longer, by as much as it took.
    @Test
    void theCheapComeFirstAndWhoHasWaitedLongComesAtLast() {
        agenda = new Agenda("us", 2);
        put("dead-first", "a");
        put("well", "b");
        goOn(Duration.ofSeconds(2 * INTERVAL_S + 5));
        assertThat(startsOf("dead-first")).isPositive();
        assertThat(startsOf("well")).isPositive();
        for (int i = 0; i < 6; i++) {
            put("well" + i, "w" + i);
        }
        put("dead-second", "c");
        started.clear();
        goOn(Duration.ofMinutes(10));
        assertThat(startsOf("well")).as("mostly in time").isGreaterThan(7 * 40);
        assertThat(startsOf("dead")).as("not never").isGreaterThan(20);
        assertThat(started)
                .allSatisfy(start ->
                        assertThat(start.waited()).isBetween(Duration.ZERO, Duration.ofMinutes(2)));
    }

    @Test
    void aClockThatIsSetBackByTenMinutesSilencesNothing() {
        for (int i = 0; i < 20; i++) {
            put("c" + i, "h" + i);
        }
        goOn(Duration.ofMinutes(1));
        started.clear();
        wall = wall.minusSeconds(600);
        goOn(Duration.ofMinutes(1));
        assertThat(started.stream().map(s -> s.check().getCheckId()).distinct()).hasSize(20);
        assertThat(started.size()).isBetween(20 * 5, 20 * 6);
        assertThat(started).allSatisfy(s -> assertThat(s.due()).isBeforeOrEqualTo(wall));
        assertThat(skipped).isEmpty();
    }

    @Test
    void alsoWhileARunIsUnderWay() {
        put("dead", "h");
        goOn(Duration.ofSeconds(3));
        assertThat(started).hasSize(1);
        wall = wall.minusSeconds(600);
        goOn(Duration.ofMinutes(1));
        assertThat(started.size()).isGreaterThanOrEqualTo(4);
    }

    /// What was slept through is told and not run, and all checks begin at slots of their own.
    @Test
    void aMachineThatWasSuspendedDoesNotRunAllThatItMissed() {
        for (int i = 0; i < 50; i++) {
            put("c" + i, "h" + i);
        }
        goOn(Duration.ofMinutes(1));
        started.clear();
        wall = wall.plusSeconds(3600);
        take(agenda.at(now(), mine));
        assertThat(started.size()).as("at once").isLessThan(10);
        assertThat(skipped).hasSizeBetween(49 * 100, 50 * 100);
        assertThat(skipped)
                .allSatisfy(s -> {
                    assertThat(s.outcome()).isEqualTo(Outcome.MISSED);
                    assertThat(s.detail()).contains("stood still");
                });
        goOn(Duration.ofSeconds(INTERVAL_S));
        assertThat(started.size()).isBetween(48, 52);
        goOn(Duration.ofSeconds(5L * INTERVAL_S));
        assertThat(started.size()).isBetween(6 * 50 - 3, 6 * 50 + 3);
    }

    @Test
    void aClockThatIsSlewedIsNoStep() {
        put("shop", "shop");
        for (int i = 0; i < 600; i++) {
            goOn(Duration.ofSeconds(1));
            wall = wall.plusMillis(i % 2 == 0 ? 5 : -4);
        }
        assertThat(started.size()).isBetween(59, 61);
        assertThat(skipped).isEmpty();
    }

    /// Issue 15: ten healthy checks had a third of their slots.
    @Test
    void sixHundredDeadHostsTakeNoSlotOfAHealthyOne() {
        for (int i = 0; i < 600; i++) {
            put("dead" + i, "dead" + i);
        }
        for (int i = 0; i < 10; i++) {
            put("well" + i, "well" + i);
        }
        goOn(Duration.ofMinutes(10));
        assertThat(startsOf("well")).isGreaterThanOrEqualTo(10 * 59);
        assertThat(skippedOf("well")).hasSizeLessThan(10);
    }

    @Test
    void whatHasNoPlaceIsAnErrorThatSaysSoInEachOfItsSlotsAndRunsInTurn() {
        for (int i = 0; i < 600; i++) {
            put("dead" + i, "dead" + i);
        }
        goOn(Duration.ofMinutes(5));
        var saturated = skipped.stream().filter(s -> s.code().equals("saturated")).toList();
        assertThat(saturated).isNotEmpty();
        assertThat(saturated)
                .allSatisfy(s -> {
                    assertThat(s.outcome()).isEqualTo(Outcome.ERROR);
                    assertThat(s.detail()).contains("all 256 runs at once are taken");
                });
        for (int i = 0; i < 600; i++) {
            var id = "dead" + i;
            // 256 places for 600 of 10 s: each runs in every third slot or so.
            assertThat(started.stream().filter(s -> s.check().getCheckId().equals(id)).count())
                    .as(id)
                    .isGreaterThan(300 / INTERVAL_S / 5);
            var slots =
                    skipped.stream()
                            .filter(s -> s.check().getCheckId().equals(id))
                            .map(Skipped::slot)
                            .toList();
            assertThat(slots).doesNotHaveDuplicates();
        }
    }

    @Test
    void aThousandDeadHostsAllFailInEverySlotOfTheDefault() {
        agenda = new Agenda("us", 1024);
        for (int i = 0; i < 1000; i++) {
            put("dead" + i, "dead" + i);
        }
        goOn(Duration.ofMinutes(2));
        assertThat(skipped.stream().filter(s -> s.code().equals("saturated"))).isEmpty();
        assertThat(startsOf("dead")).isGreaterThanOrEqualTo(1000 * 5);
    }

    @Test
    void oneHostHasHalfOfThePlacesAtMost() {
        agenda = new Agenda("us", 10);
        for (int i = 0; i < 50; i++) {
            put("dead" + i, "black-hole");
        }
        for (int i = 0; i < 10; i++) {
            put("well" + i, "well" + i);
        }
        goOn(Duration.ofMinutes(5));
        assertThat(startsOf("well")).isGreaterThanOrEqualTo(10 * 29);
        assertThat(skippedOf("well")).isEmpty();
        assertThat(skippedOf("dead"))
                .anySatisfy(s -> assertThat(s.detail()).contains("of a host are taken"));
    }

    /// Others of hosts without any run always stood before it.
    @Test
    void whoseHostHangsStillHasItsTurnWhereTheAgentIsAlwaysFull() {
        agenda = new Agenda("us", 8);
        put("hangs", "shop");
        take(agenda.at(now(), mine));
        pass(Duration.ofSeconds(INTERVAL_S).toNanos());
        take(agenda.at(now(), mine));
        assertThat(startsOf("hangs")).as("one run that never ends").isEqualTo(1);
        ends.clear();
        put("slow-shop", "shop");
        for (int i = 0; i < 40; i++) {
            put("dead" + i, "dead" + i);
        }
        goOn(Duration.ofMinutes(20));
        assertThat(skippedOf("dead")).as("it is full").hasSizeGreaterThan(1000);
        assertThat(startsOf("slow-shop")).isGreaterThan(10);
    }

    @Test
    void whatIsRemovedGivesItsPlaceBackWhenItEndsAndTellsNothing() {
        agenda = new Agenda("us", 1);
        put("dead", "h");
        goOn(Duration.ofSeconds(3));
        assertThat(agenda.counts(started.getFirst().run())).isTrue();
        agenda.remove("dead");
        assertThat(agenda.counts(started.getFirst().run())).isFalse();
        put("well", "w");
        goOn(Duration.ofMinutes(1));
        assertThat(startsOf("well")).isGreaterThanOrEqualTo(4);
        assertThat(skippedOf("dead")).isEmpty();
    }

    @Test
    void whatAnotherAgentRunsWaitsForItsNextSlot() {
        put("shop", "shop");
        mine = _ -> false;
        goOn(Duration.ofMinutes(1));
        assertThat(started).isEmpty();
        mine = _ -> true;
        goOn(Duration.ofSeconds(INTERVAL_S));
        assertThat(started).hasSize(1);
        assertThat(skipped).isEmpty();
    }
}
