package dev.tocsin.standalone.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.standalone.bench.Quantile;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "simulate",
        description = {
            "Plays days in which targets, agents, links, clocks and processes fail by a seed, and judges what the engine tells by what was so.",
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
            defaultValue = "2150",
            description =
                    "How many, of 10 to 29 checks each; ${DEFAULT-VALUE} if not given, about a million check-hours.")
    int days = 2150;

    @Option(
            names = "--verbose",
            description = "Show what went wrong in each day, and what was told.")
    boolean verbose;

    @Override
    public Integer call() throws Exception {
        TrustedRecords.trust();
        long started = System.nanoTime();
        var done = new AtomicInteger();
        var verdicts =
                IntStream.range(0, days)
                        .parallel()
                        .mapToObj(day -> {
                            var verdict = play(Universe.of(seed + day));
                            int count = done.incrementAndGet();
                            if (count % 200 == 0) {
                                System.err.printf("%d of %d days%n", count, days);
                            }
                            return verdict;
                        })
                        .toList();
        double hours =
                IntStream.range(0, days)
                        .mapToDouble(day -> Universe.of(seed + day).checkHours())
                        .sum();
        print(verdicts, hours, (System.nanoTime() - started) / 1e9);
        return verdicts.stream().allMatch(v -> v.violations().isEmpty()) ? 0 : 1;
    }

    private Verdict play(Universe universe) {
        var facts = Simulation.run(universe).stream().map(Fact::of).toList();
        if (verbose) {
            universe.troubles().forEach(System.out::println);
            facts.forEach(System.out::println);
        }
        return Oracle.judge(universe, facts);
    }

    private void print(List<Verdict> verdicts, double hours, double seconds) throws Exception {
        Map<Kind, Integer> judged = new EnumMap<>(Kind.class);
        var violations = new ArrayList<String>();
        var delays = new ArrayList<Double>();
        int byChance = 0;
        for (var verdict : verdicts) {
            verdict.judged().forEach((kind, count) -> judged.merge(kind, count, Integer::sum));
            violations.addAll(verdict.violations());
            delays.addAll(verdict.delays());
            byChance += verdict.byChance();
        }
        Collections.sort(delays);
        System.out.printf(
                "%,d days from seed %d, %,.0f check-hours in %.0f s%n%nlooked at, each alone within 20 minutes:%n",
                verdicts.size(), seed, hours, seconds);
        for (var kind : Kind.values()) {
            System.out.printf("  %-13s %6d%n", kind, judged.getOrDefault(kind, 0));
        }
        var median = delays.isEmpty() ? null : Quantile.of(delays, 0.5);
        var most = delays.isEmpty() ? null : delays.getLast();
        System.out.printf(
                "%nfrom an outage to its incident: median %.2f intervals, at most %.2f%n"
                        + "incidents that only lost probes explain: %d%n"
                        + "told wrong: %d%n",
                median, most, byChance, violations.size());
        violations.stream().limit(SHOWN).forEach(wrong -> System.out.println("  " + wrong));
        var json = JSON.createObjectNode();
        json.put("check_hours", hours).put("seconds", seconds).put("violations", violations.size());
        json.put("by_chance", byChance).put("median_delay_intervals", median);
        json.put("max_delay_intervals", most);
        System.out.println(JSON.writeValueAsString(json));
    }
}
