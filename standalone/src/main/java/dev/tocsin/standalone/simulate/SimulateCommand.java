package dev.tocsin.standalone.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.notifier.rehearsal.Fault;
import dev.tocsin.notifier.rehearsal.Mutant;
import dev.tocsin.notifier.rehearsal.Seen;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.standalone.bench.Quantile;
import dev.tocsin.standalone.command.OptionTypes;
import dev.tocsin.standalone.simulate.Audience.Heard;
import dev.tocsin.standalone.simulate.Oracle.Verdict;
import dev.tocsin.standalone.simulate.Trouble.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "simulate",
        description = {
            "Plays days in which targets, agents, links, clocks and processes fail by a seed, and judges what the engine tells by what was so, and what people hear of it by what they are promised: also from targets that are away and notifiers that die, double and change.",
            "Exits with 1 when it told something wrong, with the seed: --seed N --days 1 --verbose plays that day again."
        },
        mixinStandardHelpOptions = true)
public final class SimulateCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 20;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of the first day; ${DEFAULT-VALUE} if not given.")
    long seed = 1;

    @Option(
            names = "--days",
            converter = OptionTypes.Count.class,
            defaultValue = "2150",
            description =
                    "How many, of 10 to 29 checks each; ${DEFAULT-VALUE} if not given, about a million check-hours.")
    int days = 2150;

    @Option(
            names = "--verbose",
            description = "Show what went wrong in each day, and what was told.")
    boolean verbose;

    @Option(
            names = "--mutant",
            description =
                    "Makes the notifier wrong in one way, to see that it is caught: ${COMPLETION-CANDIDATES}.")
    @Nullable Mutant mutant;

    /// Of one day.
    private record Day(Verdict verdict, Heard heard) {
        List<String> wrong() {
            var all = new ArrayList<>(verdict.violations());
            if (heard.wrong() != null) {
                all.add(heard.wrong());
            }
            return all;
        }
    }

    @Override
    public Integer call() throws Exception {
        TrustedRecords.trust();
        long started = System.nanoTime();
        var done = new AtomicInteger();
        var played =
                IntStream.range(0, days)
                        .parallel()
                        .mapToObj(day -> {
                            var one = play(Universe.of(seed + day));
                            int count = done.incrementAndGet();
                            if (count % 200 == 0) {
                                System.err.printf("%d of %d days%n", count, days);
                            }
                            return one;
                        })
                        .toList();
        double hours =
                IntStream.range(0, days)
                        .mapToDouble(day -> Universe.of(seed + day).checkHours())
                        .sum();
        print(played, hours, (System.nanoTime() - started) / 1e9);
        return played.stream().allMatch(day -> day.wrong().isEmpty()) ? 0 : 1;
    }

    private Day play(Universe universe) {
        var told = Simulation.run(universe);
        var facts = told.stream().map(Fact::of).toList();
        if (verbose) {
            universe.troubles().forEach(System.out::println);
            facts.forEach(System.out::println);
        }
        return new Day(
                Oracle.judge(universe, facts),
                Audience.of(universe, told, mutant == null ? Fault.NONE : mutant.fault()));
    }

    private String shown(String wrong) {
        return "  " + (verbose ? wrong : wrong.lines().findFirst().orElse(wrong));
    }

    private void print(List<Day> played, double hours, double seconds) throws Exception {
        Map<Kind, Integer> judged = new EnumMap<>(Kind.class);
        var violations = new ArrayList<String>();
        var delays = new ArrayList<Double>();
        int byChance = 0;
        var seen = Seen.NOTHING;
        for (var day : played) {
            var verdict = day.verdict();
            verdict.judged().forEach((kind, count) -> judged.merge(kind, count, Integer::sum));
            violations.addAll(day.wrong());
            seen = seen.plus(day.heard().seen());
            delays.addAll(verdict.delays());
            byChance += verdict.byChance();
        }
        Collections.sort(delays);
        System.out.printf(
                "%,d days from seed %d, %,.0f check-hours in %.0f s%n%nlooked at, each alone within 20 minutes:%n",
                played.size(), seed, hours, seconds);
        for (var kind : Kind.values()) {
            System.out.printf("  %-13s %6d%n", kind, judged.getOrDefault(kind, 0));
        }
        var median = delays.isEmpty() ? null : Quantile.of(delays, 0.5);
        var most = delays.isEmpty() ? null : delays.getLast();
        System.out.printf(
                "%nfrom an outage to its incident: median %.2f intervals, at most %.2f%n"
                        + "incidents that only lost probes explain: %d%n%n"
                        + "people were sent %,d messages, %,d of them digests, by notifiers that died %,d times, doubled %,d times and changed their targets %,d times%n"
                        + "told wrong: %d%n",
                median,
                most,
                byChance,
                seen.messages(),
                seen.digests(),
                seen.deaths(),
                seen.doubles(),
                seen.changes(),
                violations.size());
        violations.stream().limit(SHOWN).map(this::shown).forEach(System.out::println);
        var json = JSON.createObjectNode();
        json.put("check_hours", hours).put("seconds", seconds).put("violations", violations.size());
        json.put("by_chance", byChance).put("median_delay_intervals", median);
        json.put("max_delay_intervals", most).put("messages", seen.messages());
        System.out.println(JSON.writeValueAsString(json));
    }
}
