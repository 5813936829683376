package dev.tocsin.incident.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Command;
import dev.tocsin.incident.engine.check.Event;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.partition.Facts;
import dev.tocsin.incident.partition.Partition;
import dev.tocsin.incident.wire.Incidents;
import dev.tocsin.incident.wire.OutageWire;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Rule 8, however long the owner of a group and its checks take to hear of one another: whatever is open and not suppressed is
/// answered by one signal each way, and each opening once at most.
class AnswersInAnyOrderTest {
    private static final int CHECKS = 4;

    private final Random random;
    private final MapStore store = new MapStore();
    private final Post post = new Post();
    private final List<Check> checks = new ArrayList<>();

    /// Answers that joined nobody to anything.
    private final List<Signal> alone = new ArrayList<>();

    private Outages owner = new Outages(store, post.outbox);
    private Instant now = Incidents.START;
    private int inputs;

    AnswersInAnyOrderTest() {
        this(0);
    }

    private AnswersInAnyOrderTest(long seed) {
        random = new Random(seed);
        for (int check = 0; check < CHECKS; check++) {
            checks.add(new Check("check" + check));
        }
    }

    /// In a partition of its own.
    private final class Check implements Partition.Consequences {
        final CheckDefinition definition;
        final Facts facts = new Facts();
        final Partition partition = new Partition(facts, this);
        final List<IncidentEvent> events = new ArrayList<>();
        final Deque<Signal> asked = new ArrayDeque<>();
        final Deque<Signal> answers = new ArrayDeque<>();
        boolean fails;

        Check(String id) {
            definition =
                    CheckDefinition.newBuilder()
                            .setCheckId(id)
                            .setConfigVersion("v1")
                            .setName(id)
                            .setService(id)
                            .setUrl("http://" + id + "/")
                            .setProbe("http")
                            .setIntervalMs(10_000)
                            .setTimeoutMs(1000)
                            .setRegions(List.of("us", "eu"))
                            .setIncident(IncidentPolicy.newBuilder().setFailureThreshold(1).build())
                            .build();
            partition.define(definition, null, now);
        }

        String id() {
            return definition.getCheckId();
        }

        @Override
        public void told(String check, Policy policy, List<Event> told) {
            for (var event : told) {
                var wire = Wire.event(event, definition);
                events.add(wire);
                if (event.news()) {
                    asked.add(OutageWire.incident(wire, "all", policy.reopenWithin()));
                }
            }
        }

        @Override
        public void store(String check, CheckState before, CheckState after) {
            // nothing is restarted here
        }

        @Override
        public CheckDefinition definition(String check) {
            return definition;
        }

        @Override
        public void failed(String check, RuntimeException cause) {
            throw cause;
        }

        void vote() {
            for (var region : definition.getRegions()) {
                var sample = new Sample(now, fails ? Vote.DOWN : Vote.UP, "r" + inputs++, "");
                partition.apply(id(), new Input.Voted(now, region, sample, null));
            }
        }

        void tick() {
            partition.tick(new Input.Tick(now, "tick" + inputs++), false);
            partition.apply(id(), new Input.Tick(now, "tick" + inputs++));
        }

        void maintenance() {
            facts.maintenance(
                    "upgrade",
                    MaintenanceWindow.newBuilder()
                            .setWindowId("upgrade")
                            .setTitle("Upgrade")
                            .setChecks(List.of(id()))
                            .setStartsAt(now)
                            .setEndsAt(now.plusSeconds(random.nextInt(1, 60)))
                            .build());
            partition.factChanged(now);
            tick();
        }

        void snooze() {
            if (!events.isEmpty() && events.getLast().getOpen()) {
                var incident = events.getLast().getIncidentId();
                var command =
                        new Command(
                                "c" + inputs++,
                                Command.Kind.SNOOZE,
                                incident,
                                "ana",
                                "",
                                now.plusSeconds(random.nextInt(1, 60)));
                partition.apply(id(), new Input.Commanded(now, command));
            }
        }

        void ask() {
            var signal = asked.poll();
            if (signal != null) {
                owner.take(signal, now);
                posted();
            }
        }

        void answer() {
            var signal = answers.poll();
            if (signal != null) {
                OutageWire.inputs(signal, now).forEach(input -> partition.apply(id(), input));
            }
        }
    }

    private void posted() {
        for (var signal : post.signals) {
            for (var check : checks) {
                if (check.events.stream()
                        .anyMatch(e -> signal.getRelated().contains(e.getIncidentId()))) {
                    check.answers.add(signal);
                    if (random.nextInt(10) == 0) {
                        check.answers.add(signal);
                    }
                }
            }
        }
        alone.addAll(post.signals.stream().filter(s -> !s.getActive()).toList());
        post.signals.clear();
        post.outbox.drop();
    }

    private void step() {
        now = now.plusMillis(random.nextInt(4000));
        var check = checks.get(random.nextInt(CHECKS));
        switch (random.nextInt(12)) {
            case 0 -> check.fails = !check.fails;
            case 1, 2, 3 -> check.vote();
            case 4 -> checks.forEach(Check::vote);
            case 5 -> check.tick();
            case 6, 7 -> check.ask();
            case 8, 9 -> check.answer();
            case 10 -> {
                switch (random.nextInt(3)) {
                    case 0 -> check.maintenance();
                    case 1 -> check.snooze();
                    default -> owner = new Outages(store, post.outbox);
                }
            }
            default -> {
                owner.tick(now);
                posted();
            }
        }
    }

    private void settle() {
        checks.forEach(Check::tick);
        for (var check : checks) {
            while (!check.asked.isEmpty()) {
                check.ask();
            }
        }
        for (var check : checks) {
            while (!check.answers.isEmpty()) {
                check.answer();
            }
        }
    }

    private void judge(Check check, String when) {
        boolean grouped = false;
        long seq = 0;
        for (var event : check.events) {
            boolean opens =
                    event.getType() == IncidentEventType.OPENED
                            || event.getType() == IncidentEventType.REOPENED;
            seq = event.getType() == IncidentEventType.OPENED ? 1 : seq + 1;
            assertThat(event.getSeq()).as(when).isEqualTo(seq);
            if (opens) {
                assertThat(event.getGrouped()).as(when).isFalse();
            } else if (grouped) {
                assertThat(event.getGrouped()).as(when).isTrue();
            }
            grouped = event.getGrouped();
            assertThat(event.getOutageId() == null || grouped).as(when).isTrue();
        }
        if (!check.events.isEmpty()
                && check.events.getLast().getOpen()
                && check.events.getLast().getSuppressedBy() == null) {
            assertThat(grouped).as(when).isTrue();
        }
        for (var incident :
                check.events.stream().map(IncidentEvent::getIncidentId).distinct().toList()) {
            long openings =
                    check.events.stream()
                            .filter(e -> e.getIncidentId().equals(incident))
                            .filter(e ->
                                    e.getType() == IncidentEventType.OPENED
                                            || e.getType() == IncidentEventType.REOPENED)
                            .count();
            long answers =
                    alone.stream()
                            .filter(s -> s.getSubject().equals("group:all"))
                            .filter(s -> s.getRelated().contains(incident))
                            .count();
            assertThat(answers).as(when).isLessThanOrEqualTo(openings);
        }
    }

    @Test
    void rule8WhateverIsOpenAndNotSuppressedIsAnsweredWithinTwoSignals() {
        var reasons = new TreeMap<String, Integer>();
        for (int seed = 0; seed < 300; seed++) {
            var run = new AnswersInAnyOrderTest(seed);
            for (int step = 0; step < 300; step++) {
                run.step();
                if (step % 50 == 49) {
                    run.settle();
                    for (var check : run.checks) {
                        run.judge(check, "seed " + seed + ", step " + step + ", " + check.id());
                    }
                }
            }
            for (var check : run.checks) {
                for (var event : check.events) {
                    reasons.merge(
                            event.getType() + (event.getOutageId() == null ? "" : " of an outage"),
                            1,
                            Integer::sum);
                }
            }
        }
        // That the histories have all of it.
        assertThat(reasons.toString()).isEqualTo("x");
        assertThat(reasons)
                .containsKeys(
                        "OPENED",
                        "REOPENED",
                        "UPDATED",
                        "UPDATED of an outage",
                        "SUPPRESSED",
                        "UNSUPPRESSED",
                        "SNOOZED",
                        "CLOSED",
                        "CLOSED of an outage");
    }
}
