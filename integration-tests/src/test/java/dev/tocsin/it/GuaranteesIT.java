package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.it.guarantee.Guarantees;
import dev.tocsin.it.guarantee.Load;
import dev.tocsin.it.guarantee.Receiver;
import dev.tocsin.it.guarantee.Receiver.Mood;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.topic.Bootstrap;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Three notifiers tell twelve targets, most of which misbehave, while faults are done to them; then the whole history is judged. `-Dtocsin.faults=100` for more
/// faults, `-Dtocsin.seed=7` for the same ones again.
@ExtendWith(SharedCluster.class)
class GuaranteesIT {
    private static final int FAULTS = Integer.getInteger("tocsin.faults", 8);
    private static final int CHECKS = 40;

    /// So that each of three notifiers has something of both halves.
    private static final int LANES = 9;

    private static final List<String> INSTANCES = List.of("a", "b", "c");

    /// A target that could not be told at last is tried again after ten minutes at most.
    private static final Duration LIMIT = Duration.ofMinutes(11);

    /// So long a target misbehaves, and is well.
    private static final Duration SPELL = Duration.ofSeconds(9);

    private static final Duration WELL = Duration.ofSeconds(40);

    private final long seed = Long.getLong("tocsin.seed", new Random().nextLong(1_000_000));
    @TempDir Path dir = Path.of(".");

    /// A target that is well, and then not for a spell; or never quite well, where that keeps nothing from being taken for long.
    private static final class Spells {
        private final Receiver receiver;
        private final Mood mood;
        private Instant next;
        private boolean well = true;

        Spells(Receiver receiver, Mood mood, Random random) {
            this.receiver = receiver;
            this.mood = mood;
            next = Instant.now().plusMillis(random.nextInt(15_000));
        }

        void look() throws Exception {
            if (Instant.now().isAfter(next)) {
                well = !well;
                receiver.be(well ? Mood.GOOD : mood);
                boolean always = mood != Mood.HANGS && mood != Mood.AWAY;
                next = always ? Instant.MAX : Instant.now().plus(well ? WELL : SPELL);
            }
        }
    }

    @Test
    void whateverIsDoneToNotifiersEachTargetIsToldAllOfItInOrderAndNothingFalse(KafkaSettings some)
            throws Exception {
        var kafka = some.with("topic.prefix", some.topicPrefix() + "wide.");
        Bootstrap.run(kafka, LANES);
        System.out.printf("%d faults, seed %d%n", FAULTS, seed);
        var random = new Random(seed);
        try (var lifecycle = new Lifecycle()) {
            var receivers = new ArrayList<Receiver>();
            var spells = new ArrayList<Spells>();
            for (var mood : Mood.values()) {
                for (var name : List.of("", Notifiers.EACH)) {
                    var target = mood.name().toLowerCase(Locale.ROOT) + name;
                    var receiver =
                            lifecycle.closing(target, new Receiver(target, random.nextLong()));
                    receivers.add(receiver);
                    spells.add(new Spells(receiver, mood, random));
                }
            }
            var processes = new ArrayList<ServiceProcess>();
            for (var instance : INSTANCES) {
                processes.add(
                        lifecycle.closing(
                                instance,
                                Notifiers.start(kafka, dir, instance, instance, receivers)));
            }
            var faults =
                    new Faults(
                            processes,
                            random.nextLong(),
                            () -> Notifiers.shared(kafka, INSTANCES.size()));
            faults.awaitReady();
            var load = lifecycle.closing("load", new Load(kafka, random.nextLong(), CHECKS));
            for (int i = 0; i < FAULTS; i++) {
                for (var spell : spells) {
                    spell.look();
                }
                faults.next();
            }
            for (var receiver : receivers) {
                receiver.be(Mood.GOOD);
            }
            faults.awaitReady();
            int events = load.end();
            var ended = Instant.now();
            await("all is told (seed " + seed + ")")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() ->
                            assertThat(
                                            Guarantees.untold(
                                                    Notifiers.history(
                                                            kafka, receivers, faults.all())))
                                    .isEmpty());
            var told = Instant.now();
            for (var process : processes) {
                process.stop();
            }
            var history = Notifiers.history(kafka, receivers, faults.all());
            System.out.printf(
                    "%s (seed %d); all was told %d s after the last event; %s%n",
                    faults.kinds(),
                    seed,
                    Duration.between(ended, told).toSeconds(),
                    Guarantees.summary(history));
            assertThat(history.events()).hasSize(events);
            assertThat(Guarantees.broken(history)).as("seed %d", seed).isEmpty();
        }
    }
}
