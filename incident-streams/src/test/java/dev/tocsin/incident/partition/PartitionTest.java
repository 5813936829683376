package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.Aside;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Standstill;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.partition.Partition.Heard;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.MaintenanceWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is looked at when.
class PartitionTest {
    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");

    private final CheckDefinition check = HearingTest.check("shop", 10, "us", "eu");
    private final List<String> told = new ArrayList<>();

    /// How often somebody was asked, or told to write.
    private int calls;

    private final Facts facts = new Facts();
    private final Partition partition =
            new Partition(
                    facts,
                    new Partition.Consequences() {
                        @Override
                        public void told(String id, Policy policy, List<Event> events) {
                            events.forEach(event ->
                                    told.add(event.type() + " " + event.incident().kind()));
                        }

                        @Override
                        public void aside(String id, Policy policy, Aside aside) {
                            // nobody listens
                        }

                        @Override
                        public void store(String id, CheckState before, CheckState after) {
                            calls++; // nothing is restarted here
                        }

                        @Override
                        public CheckDefinition definition(String id) {
                            calls++;
                            return check;
                        }

                        @Override
                        public void failed(String id, RuntimeException cause) {
                            throw cause;
                        }
                    });

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private Heard result(int second, String region, Vote vote) {
        return result(second, second, region, vote);
    }

    private Heard result(int second, int arrives, String region, Vote vote) {
        var now = at(arrives);
        var measured = at(second);
        var heard =
                partition.heard(
                        "shop", region, region + "-agent", vote, "", measured.toEpochMilli(), now);
        if (heard == Heard.NEW) {
            var sample = new Sample(measured, vote, region + second, "");
            partition.apply("shop", new Input.Voted(now, region, sample, null));
        }
        return heard;
    }

    private void ticks(int from, int to) {
        for (int second = from; second < to; second++) {
            partition.tick(new Input.Tick(at(second), "t" + second), second == 0);
        }
    }

    private void passes(int from, int to) {
        for (int second = from; second < to; second += 10) {
            result(second, "us", Vote.UP);
            result(second, "eu", Vote.UP);
            ticks(second, second + 10);
        }
    }

    @Test
    void whatFallsSilentAfterAStallIsFound() {
        partition.define(check, null, START);
        passes(0, 100);
        facts.stalled(true);
        partition.factChanged(at(100));
        ticks(100, 400);
        facts.stalled(false);
        partition.factChanged(at(400));
        passes(400, 420);
        // A failure that leads to nothing, and then nobody is heard any more.
        result(420, "us", Vote.DOWN);
        ticks(420, 800);
        assertThat(told).containsExactly("OPENED NO_DATA");
    }

    /// A failure that says nothing new of its region may have been one with another region's.
    @Test
    void whatHadToWaitIsLookedAtAlsoWhereItSaysNothingNew() {
        partition.define(check, null, START);
        passes(0, 20);
        for (int second = 20; second < 50; second += 10) {
            result(second, "us", Vote.DOWN);
            result(second, "eu", Vote.UP);
        }
        facts.stoodStill(new Standstill(at(50), at(100)));
        for (int second = 50; second < 90; second += 10) {
            assertThat(result(second, 101, "us", Vote.DOWN)).isEqualTo(Heard.NEW);
        }
        result(90, 101, "us", Vote.UP);
        result(100, 101, "us", Vote.UP);
        for (int second = 50; second < 110; second += 10) {
            result(second, 102, "eu", second < 80 ? Vote.DOWN : Vote.UP);
        }
        ticks(102, 130);
        assertThat(told).isEmpty();
        ticks(130, 140);
        assertThat(told).containsExactly("OPENED DOWN", "CLOSED DOWN");
    }

    @Test
    void whatIsKnownIsOnlyHeard() {
        partition.define(check, null, START);
        passes(0, 30);
        assertThat(result(30, "us", Vote.UP)).isEqualTo(Heard.KNOWN);
        for (int second = 40; second < 100; second += 10) {
            result(second, "us", Vote.DOWN);
            result(second, "eu", Vote.DOWN);
            ticks(second, second + 10);
        }
        assertThat(told).contains("OPENED DOWN");
        assertThat(result(100, "us", Vote.DOWN)).isEqualTo(Heard.KNOWN);
        assertThat(result(100, "eu", Vote.UP)).isEqualTo(Heard.NEW);
        assertThat(result(100, "ap", Vote.UP)).isEqualTo(Heard.NOT_THERE);
    }

    @Test
    void maintenanceCostsTheSameHoweverManyChecksThereAre() {
        for (int i = 0; i < 83_000; i++) {
            partition.define(HearingTest.check("healthy-" + i, 10, "us"), null, START);
        }
        partition.define(check, null, START);
        ticks(0, 1);
        for (int i = 0; i < 83_000; i++) {
            assertThat(partition.heard("healthy-" + i, "us", "a", Vote.UP, "", atMs(1), at(1)))
                    .isEqualTo(Heard.KNOWN);
        }
        result(1, "us", Vote.DOWN);
        ticks(1, 2);
        calls = 0;
        var window =
                MaintenanceWindow.newBuilder()
                        .setWindowId("upgrade")
                        .setTitle("Upgrade")
                        .setStartsAt(START)
                        .setEndsAt(at(1000))
                        .build();
        facts.maintenance("upgrade", window);
        partition.factChanged(at(2));
        ticks(2, 3);
        assertThat(calls).isBetween(1, 5);
    }

    private static long atMs(int second) {
        return at(second).toEpochMilli();
    }
}
