package dev.tocsin.standalone.bench;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.TopicWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// One size's day: quiet, when the others fail alone; bad, when all of one group fail with them; and over. Used once.
final class BadDay {
    /// A policy's default: two intervals, and ten seconds at least.
    private static final Duration RECOVER_FOR = Population.INTERVAL.multipliedBy(2);

    /// Three rounds span more than five seconds, and less than the five intervals of a window.
    private static final Duration PACE = Duration.ofSeconds(3);

    /// A phase has not come to its end in time.
    private static final class Overdue extends Exception {
        private static final long serialVersionUID = 1;

        Overdue(String message) {
            super(message);
        }
    }

    private final KafkaSettings kafka;
    private final Duration limit;
    private final Consumer<String> progress;
    private final Population population;
    private final List<String> group;
    private final List<String> others;
    private final Heard heard = new Heard();

    private long phaseEnds;
    private String phase = "";
    private long nextRound = System.nanoTime();
    private Map<TopicPartition, Long> before = Map.of();
    private Map<String, Long> quietMs = Map.of();
    private Rounds.@Nullable Round failed;
    private Rounds.@Nullable Round passed;
    private @Nullable ThreadsCpu cpu;

    /// @param checks of the one group
    /// @param limit of each phase
    /// @param progress hears the name of each phase as it begins
    BadDay(KafkaSettings cluster, int checks, Duration limit, Consumer<String> progress) {
        kafka = cluster.with("topic.prefix", "bad-day-" + checks + ".");
        this.limit = limit;
        this.progress = progress;
        population = Population.of(checks);
        group = population.group();
        others = population.others();
    }

    /// Never longer than the limit of each phase, and what it takes to start and to end.
    Day run(Path dir) throws Exception {
        Bootstrap.run(kafka, Load.LANES);
        TopicWriter.write(kafka, Topics.CHECKS, population.definitions());
        // The name that it has by default, so that the changelogs begin with the prefix as all
        // topics do.
        var id = kafka.topicPrefix() + "tocsin-incident-streams";
        String failure = null;
        try (var app = BenchApp.incidentStreams(kafka, id, dir);
                var subscriber = new Subscriber(kafka, heard)) {
            Load.send(
                    kafka,
                    (topic, producer, avro) ->
                            live(
                                    app,
                                    id,
                                    subscriber,
                                    new Rounds(population.mixed(), topic, producer, avro)));
        } catch (Overdue e) {
            failure = e.getMessage();
        }
        return day(failure);
    }

    private void live(BenchApp app, String id, Subscriber subscriber, Rounds rounds)
            throws Exception {
        begin("starts");
        until(subscriber, rounds, app::ready, null);
        for (int i = 0; i < Population.THRESHOLD; i++) {
            round(rounds, _ -> false);
        }
        until(subscriber, rounds, () -> app.seen() >= rounds.sent(), null);

        Predicate<String> other = Set.copyOf(others)::contains;
        begin("quiet day");
        var alone = failures(rounds, other);
        until(subscriber, rounds, () -> heard.opened(others) == others.size(), other);
        quietMs = heard.delaysMs(others, alone.appendedMs());
        begin("quiet day ends");
        until(subscriber, rounds, () -> heard.closed(others) == others.size(), _ -> false);

        heard.forget();
        before = Written.ends(kafka);
        cpu = new ThreadsCpu(id);
        begin("bad day");
        failed = failures(rounds, _ -> true);
        until(
                subscriber,
                rounds,
                () ->
                        heard.opened(group) == group.size()
                                && heard.outageOfMs(group.size()).isPresent()
                                && heard.opened(others) == others.size(),
                _ -> true);
        begin("bad day ends");
        passed = round(rounds, _ -> false);
        until(
                subscriber,
                rounds,
                () -> heard.lastClosedMs(population.withOutage()).isPresent(),
                _ -> false);
        cpu.look();
    }

    private void begin(String name) {
        phase = name;
        phaseEnds = System.nanoTime() + limit.toNanos();
        progress.accept(name);
    }

    /// As many failures in a row as a region's verdict takes; gives the last round.
    private Rounds.Round failures(Rounds rounds, Predicate<String> fails)
            throws InterruptedException {
        var last = round(rounds, fails);
        for (int i = 1; i < Population.THRESHOLD; i++) {
            last = round(rounds, fails);
        }
        return last;
    }

    private Rounds.Round round(Rounds rounds, Predicate<String> fails) throws InterruptedException {
        long wait = nextRound - System.nanoTime();
        if (wait > 0) {
            Thread.sleep(Duration.ofNanos(wait));
        }
        nextRound = System.nanoTime() + PACE.toNanos();
        return rounds.send(fails);
    }

    /// Rounds go on meanwhile, so that no region falls silent: failures at the checks' interval, for what is waited for has been decided; passes at
    /// the bench's pace.
    ///
    /// @param fails null where no rounds are to go on
    private void until(
            Subscriber subscriber,
            Rounds rounds,
            BooleanSupplier done,
            @Nullable Predicate<String> fails)
            throws Exception {
        long pace =
                fails != null && fails.test(others.getFirst()) ? Population.INTERVAL.toNanos() : 0;
        long next = nextRound - PACE.toNanos() + pace;
        while (!done.getAsBoolean()) {
            subscriber.check();
            if (cpu != null) {
                cpu.look();
            }
            long now = System.nanoTime();
            if (now > phaseEnds) {
                throw new Overdue(far());
            }
            if (fails != null && now >= Math.max(next, nextRound)) {
                round(rounds, fails);
                next = now + pace;
            }
            Thread.sleep(50); // between looks; when a thing happened, the subscriber says
        }
    }

    private String far() {
        return "%,d checks: \"%s\" did not end within %d s: %,d of %,d of the group told, %,d closed; outage told of %,d; others told: %d of %d"
                .formatted(
                        group.size(),
                        phase,
                        limit.toSeconds(),
                        heard.opened(group),
                        group.size(),
                        heard.closed(group),
                        heard.outageParts(),
                        heard.opened(others),
                        others.size());
    }

    private Day day(@Nullable String failure) {
        if (failed == null) {
            return new Day(
                    group.size(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    Written.NOTHING,
                    failure);
        }
        var written = Written.since(kafka, before);
        long told = failed.lastMs(group);
        var later = Day.later(others, quietMs, heard.delaysMs(others, failed.appendedMs()));
        return new Day(
                group.size(),
                Day.seconds(told, heard.lastOpenedMs(group)),
                Day.seconds(told, heard.outageOfMs(group.size())),
                passed == null
                        ? null
                        : Day.seconds(
                                passed.lastMs(group) + RECOVER_FOR.toMillis(),
                                heard.lastClosedMs(population.withOutage())),
                Day.quantile(later, 0.5),
                Day.quantile(later, 1),
                failure != null ? null : (double) written.bytes() / (group.size() + others.size()),
                written.largest(),
                heard.outageEvents(),
                failure != null || cpu == null ? null : cpu.seconds(),
                written,
                failure);
    }
}
