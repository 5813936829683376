package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.check.Aside;
import dev.tocsin.incident.engine.check.CheckState;
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
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// A group whose owner and checks, each in a partition of its own, hear of one another late, in an order by chance: of what each says,
/// nothing is lost or overtaken, and some of it comes twice.
final class SlowGroup {
    private static final int CHECKS = 4;

    private final Random random;
    private final MapStore store = new MapStore();
    private final Post post = new Post();
    final List<Check> checks = new ArrayList<>();

    /// Answers that joined nobody to anything.
    final List<Signal> alone = new ArrayList<>();

    private Outages owner = new Outages(store, post.outbox, post.leftOut);
    private Instant now = Incidents.START;
    private int inputs;

    SlowGroup(long seed) {
        random = new Random(seed);
        for (int check = 0; check < CHECKS; check++) {
            checks.add(new Check("check" + check));
        }
    }

    final class Check implements Partition.Consequences {
        final CheckDefinition definition;
        final Facts facts = new Facts();
        final Partition partition = new Partition(facts, this);
        final List<IncidentEvent> events = new ArrayList<>();
        final Deque<Signal> asked = new ArrayDeque<>();
        final Deque<Signal> answers = new ArrayDeque<>();
        boolean fails;

        Check(String id) {
            definition = IncidentProcessorTest.check(id);
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
                    asked.add(OutageWire.incident(wire, event.incident(), policy.reopenWithin()));
                }
            }
        }

        @Override
        public void aside(String check, Policy policy, Aside aside) {
            asked.add(OutageWire.aside(aside, definition, policy.reopenWithin()));
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
                                now.plusSeconds(random.nextInt(1, 60)),
                                null);
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

    void step() {
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
                    default -> owner = new Outages(store, post.outbox, post.leftOut);
                }
            }
            default -> {
                owner.tick(now);
                posted();
            }
        }
    }

    /// All that was said is heard, once each way.
    void settle() {
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
}
