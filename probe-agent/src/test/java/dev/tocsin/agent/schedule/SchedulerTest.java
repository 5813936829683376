package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    static {
        TrustedRecords.trust();
    }

    private final ServerSocket target;
    private final BlockingQueue<CheckResult> results = new LinkedBlockingQueue<>();

    /// How far the agent's clock has jumped.
    private volatile Duration ahead = Duration.ZERO;

    private volatile Predicate<String> mine = _ -> true;

    SchedulerTest() throws IOException {
        target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        target.close();
    }

    private CheckDefinition check(String id, int intervalMs, String... regions) {
        return CheckDefinition.newBuilder(
                        Canaries.definition("tcp://127.0.0.1:" + target.getLocalPort()))
                .setCheckId(id)
                .setIntervalMs(intervalMs)
                .setTimeoutMs(5000)
                .setRegions(List.of(regions))
                .build();
    }

    /// Waits at the target until it is released.
    private CheckDefinition slow(String version) {
        return CheckDefinition.newBuilder(check("shop", 100, "us"))
                .setConfigVersion(version)
                .setProbeSpec("{\"expect\":\"hello\"}")
                .build();
    }

    private Scheduler scheduler(Consumer<CheckResult> told) {
        InstantSource clock = () -> Instant.now().plus(ahead);
        var resolver = new Resolver(Map.of());
        return new Scheduler(
                new Origin("us", "us-1", 7),
                1,
                clock,
                name -> name,
                resolver,
                new Canaries(List.of(), name -> name, resolver),
                check -> mine.test(check),
                told,
                new Health());
    }

    private CheckResult next() throws InterruptedException {
        var result = results.poll(10, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        return result;
    }

    @Test
    void everySlotGivesAResultThatSaysWhoMeasuredAndHowLong() throws Exception {
        try (var scheduler = scheduler(results::add)) {
            scheduler.put(check("shop", 200, "us"));
            assertThat(scheduler.checks()).isEqualTo(1);
            var first = next();
            var second = next();
            assertThat(first.getOutcome()).isEqualTo(Outcome.PASS);
            assertThat(first.getAgentId()).isEqualTo("us-1");
            assertThat(first.getBootEpoch()).isEqualTo(7);
            assertThat(first.getSequence()).isEqualTo(1);
            assertThat(second.getSequence()).isEqualTo(2);
            assertThat(second.getScheduledAt()).isEqualTo(first.getScheduledAt().plusMillis(200));
            assertThat(second.getStartedAt()).isAfterOrEqualTo(second.getScheduledAt());
            assertThat(second.getDurationUs()).isBetween(1L, 5_000_000L);
            assertThat(second.getQueueDelayUs()).isBetween(0L, 5_000_000L);
        }
    }

    @Test
    void slotsThatPassedWhileItStoodStillAreToldAsMissedOfManyTheNewestHundred() throws Exception {
        try (var scheduler =
                scheduler(result -> {
                    if (results.isEmpty()) {
                        ahead = Duration.ofSeconds(200);
                    }
                    results.add(result);
                })) {
            scheduler.put(check("shop", 1000, "us"));
            var first = next();
            var missed = next();
            // Of 200, or of 201 on a slow machine.
            assertThat(Duration.between(first.getScheduledAt(), missed.getScheduledAt()))
                    .isBetween(Duration.ofSeconds(101), Duration.ofSeconds(102));
            for (int i = 1; i < 100; i++) {
                var later = next();
                assertThat(later.getOutcome()).isEqualTo(Outcome.MISSED);
                assertThat(later.getFailure().getCode()).isEqualTo("missed");
                assertThat(later.getScheduledAt())
                        .isEqualTo(missed.getScheduledAt().plusSeconds(i));
            }
            var after = next();
            assertThat(after.getOutcome()).isEqualTo(Outcome.PASS);
            assertThat(after.getScheduledAt()).isEqualTo(missed.getScheduledAt().plusSeconds(100));
            assertThat(after.getStartedAt()).isAfterOrEqualTo(after.getScheduledAt());
        }
    }

    @Test
    void aFewMissedSlotsAreAllTold() throws Exception {
        try (var scheduler =
                scheduler(result -> {
                    if (results.isEmpty()) {
                        ahead = Duration.ofSeconds(3);
                    }
                    results.add(result);
                })) {
            scheduler.put(check("shop", 1000, "us"));
            var first = next();
            for (int i = 1; i <= 3; i++) {
                var missed = next();
                assertThat(missed.getOutcome()).isEqualTo(Outcome.MISSED);
                assertThat(missed.getScheduledAt())
                        .isEqualTo(first.getScheduledAt().plusSeconds(i));
            }
        }
    }

    @Test
    void noMoreRunAtOnceThanThereArePlaces() throws Exception {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        try (var scheduler =
                scheduler(result -> {
                    if (result.getOutcome() == Outcome.MISSED) {
                        return; // takes no place
                    }
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    try {
                        Thread.sleep(50);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    inside.decrementAndGet();
                    results.add(result);
                })) {
            scheduler.put(check("a", 300, "us"));
            scheduler.put(check("b", 300, "us"));
            scheduler.put(check("c", 300, "us"));
            scheduler.put(check("d", 300, "us"));
            for (int i = 0; i < 12; i++) {
                next();
            }
        }
        assertThat(most.get()).isEqualTo(1);
    }

    @Test
    void aDefinitionThatCannotRunIsAnErrorInEverySlotAndNamed() throws Exception {
        try (var scheduler = scheduler(results::add)) {
            scheduler.put(
                    CheckDefinition.newBuilder(check("shop", 100, "us")).setProbe("none").build());
            var result = next();
            assertThat(result.getOutcome()).isEqualTo(Outcome.ERROR);
            assertThat(result.getFailure().getCode()).isEqualTo("bad-definition");
            scheduler.unreadable("mail", "torn");
            assertThat(scheduler.badDefinitions()).containsOnlyKeys("shop", "mail");
            scheduler.put(check("shop", 100, "us"));
            scheduler.remove("mail");
            assertThat(scheduler.badDefinitions()).isEmpty();
        }
    }

    @Test
    void whatStandsUnderAnyKeysIsRememberedWithinBounds() {
        try (var scheduler = scheduler(results::add)) {
            var key = "k".repeat(50_000);
            scheduler.unreadable(key, "torn");
            assertThat(scheduler.badDefinitions().keySet())
                    .allSatisfy(id -> assertThat(id).hasSize(200));
            scheduler.remove(key);
            assertThat(scheduler.badDefinitions()).isEmpty();
            for (int i = 0; i < 2000; i++) {
                scheduler.unreadable("k" + i, "torn");
            }
            assertThat(scheduler.badDefinitions()).hasSize(1000);
        }
    }

    @Test
    void whatDoesNotNameThisRegionDoesNotRunHere() {
        try (var scheduler = scheduler(results::add)) {
            scheduler.put(check("shop", 100, "eu"));
            assertThat(scheduler.checks()).isZero();
            scheduler.put(check("shop", 100, "eu", "us"));
            assertThat(scheduler.checks()).isEqualTo(1);
            scheduler.put(check("shop", 100, "eu"));
            assertThat(scheduler.checks()).isZero();
        }
    }

    @Test
    void theSameDefinitionAgainDisturbsNoRun() throws Exception {
        try (var scheduler = scheduler(results::add)) {
            scheduler.put(slow("v1"));
            try (var connection = target.accept()) {
                scheduler.put(slow("v1"));
                connection.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
                connection.getOutputStream().flush();
                var result = next();
                assertThat(result.getOutcome()).isEqualTo(Outcome.PASS);
                assertThat(result.getConfigVersion()).isEqualTo("v1");
            }
        }
    }

    @Test
    void anotherDefinitionEndsTheRunAndWhatItSawIsNotTold() throws Exception {
        try (var scheduler = scheduler(results::add)) {
            scheduler.put(slow("v1"));
            try (var _ = target.accept()) {
                scheduler.put(
                        CheckDefinition.newBuilder(check("shop", 100, "us"))
                                .setConfigVersion("v2")
                                .build());
                for (int i = 0; i < 5; i++) {
                    assertThat(next().getConfigVersion()).isEqualTo("v2");
                }
                assertThat(scheduler.checks()).isEqualTo(1);
            }
        }
    }

    @Test
    void whatAnotherAgentRunsGivesNothingHereUntilItIsHandedOver() throws Exception {
        mine = _ -> false;
        try (var scheduler = scheduler(results::add)) {
            scheduler.put(check("shop", 50, "us"));
            assertThat(scheduler.checks()).isZero();
            assertThat(results.poll(400, TimeUnit.MILLISECONDS)).isNull();
            var handedOver = Instant.now();
            mine = "shop"::equals;
            var first = next();
            assertThat(scheduler.checks()).isEqualTo(1);
            assertThat(first.getSequence()).isEqualTo(1);
            assertThat(first.getOutcome()).as("nothing was missed").isEqualTo(Outcome.PASS);
            assertThat(first.getScheduledAt()).isAfter(handedOver.minusMillis(51));
            mine = _ -> false;
            Thread.sleep(100); // what was under way
            results.clear();
            assertThat(results.poll(300, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void afterItsCloseNothingRuns() throws Exception {
        var scheduler = scheduler(results::add);
        scheduler.put(check("shop", 50, "us"));
        next();
        scheduler.close();
        Thread.sleep(100); // what was under way
        results.clear();
        assertThat(results.poll(400, TimeUnit.MILLISECONDS)).isNull();
        assertThat(scheduler.checks()).isZero();
    }

    /// What takes the results stands for anything that a run can meet.
    @Test
    void anErrorInARunEndsNeitherTheCheckNorOthersAndFreesItsPlace() throws Exception {
        var runs = new AtomicInteger();
        try (var scheduler =
                scheduler(result -> {
                    if (runs.incrementAndGet() <= 3) {
                        throw new StackOverflowError("in a run");
                    }
                    results.add(result);
                })) {
            scheduler.put(check("a", 100, "us"));
            scheduler.put(check("b", 100, "us"));
            assertThat(List.of(next(), next(), next(), next()))
                    .extracting(CheckResult::getCheckId)
                    .contains("a", "b");
        }
    }

    @Test
    void aDefinitionThatMeetsABugIsAnErrorInEverySlotAndNamedAndTheNextIsFollowed()
            throws Exception {
        var broken =
                CheckDefinition.newBuilder(check("broken", 100, "us"))
                        .setUrl("tcp://${X}:1")
                        .build();
        var resolver = new Resolver(Map.of());
        try (var scheduler =
                new Scheduler(
                        new Origin("us", "us-1", 7),
                        1,
                        InstantSource.system(),
                        _ -> {
                            throw new StackOverflowError();
                        },
                        resolver,
                        new Canaries(List.of(), name -> name, resolver),
                        _ -> true,
                        results::add,
                        new Health())) {
            scheduler.put(broken);
            var result = next();
            assertThat(result.getOutcome()).isEqualTo(Outcome.ERROR);
            assertThat(result.getFailure().getCode()).isEqualTo("bug");
            assertThat(scheduler.badDefinitions()).containsKey("broken");
        }
    }

    @Test
    void theShareIsOfTheHost() {
        assertThat(Scheduler.host("https://u:p@example.com:8443/x?y"))
                .isEqualTo("example.com:8443");
        assertThat(Scheduler.host("tcp://${HOST}:1")).isEqualTo("${HOST}:1");
        assertThat(Scheduler.host("nonsense")).isEqualTo("nonsense");
    }
}
