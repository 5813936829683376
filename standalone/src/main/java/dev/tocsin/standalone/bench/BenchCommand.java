package dev.tocsin.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.standalone.command.OptionTypes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        description = "Measurements that you can repeat.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BenchCommand.DetectionCommand.class,
            StreamsBench.class,
            BadDayBench.class,
            NotifierBench.class
        })
public final class BenchCommand {
    @Command(
            name = "detection",
            description =
                    "How sure is it: false incidents, missed outages and delays in simulated worlds, beside the rules that others use.",
            mixinStandardHelpOptions = true)
    static final class DetectionCommand implements Callable<Integer> {
        private static final ObjectMapper JSON = new ObjectMapper();
        private static final List<Double> LOSSES = List.of(0.001, 0.01, 0.05);
        private static final List<Integer> LENGTHS = List.of(1, 2, 3, 5, 20, 120);

        @Option(
                names = "--seed",
                defaultValue = "1",
                description = "Of the worlds; ${DEFAULT-VALUE} if not given.")
        long seed = 1;

        @Option(
                names = "--years",
                converter = OptionTypes.Count.class,
                defaultValue = "10000",
                description = "Check-years at 1 %% loss; ${DEFAULT-VALUE} if not given.")
        int years = 10_000;

        @Option(
                names = "--worlds",
                converter = OptionTypes.Count.class,
                defaultValue = "2000",
                description = "Of each kind of outage; ${DEFAULT-VALUE} if not given.")
        int worlds = 2000;

        private static Map<String, Supplier<Rule>> rules() {
            long interval = Detection.INTERVAL;
            int regions = Detection.REGIONS;
            var rules = new LinkedHashMap<String, Supplier<Rule>>();
            rules.put("Tocsin, default policy", () -> new Ours(regions, interval));
            rules.put("Gatus: 3 in a row, one place", Peers.Gatus::new);
            rules.put("Nagios: soft/hard, 3 attempts", () -> new Peers.SoftHard(interval));
            rules.put("Prometheus: for 2 intervals", () -> new Peers.For(interval));
            rules.put("openstatus: half of regions", () -> new Peers.Half(regions));
            rules.put("OneUptime: all agree", () -> new Peers.All(regions));
            return rules;
        }

        @Override
        public Integer call() throws Exception {
            TrustedRecords.trust();
            var detection = new Detection(seed);
            var result = JSON.createObjectNode();
            System.out.printf(
                    "one check, interval 30 s, 3 regions, seed %d%n%n"
                            + "false incidents per check-year, by loss of probes (below that with 95 %% confidence)%n"
                            + "%-31s %22s %22s %22s%n",
                    seed, "", "0.1 %", "1 %", "5 %");
            for (var rule : rules().entrySet()) {
                System.out.printf("%-31s", rule.getKey());
                for (double loss : LOSSES) {
                    var found = falses(detection, rule.getValue(), loss);
                    System.out.printf(" %10.4g (%9.3g)", found.perYear(), found.bound());
                    if (loss == 0.01 && rule.getValue().get() instanceof Ours) {
                        result.put("false_per_10k_check_years", found.perYear() * 10_000);
                        result.put("false_per_10k_check_years_bound", found.bound() * 10_000);
                        result.put("check_years", found.years());
                    }
                }
                System.out.println();
            }
            System.out.printf(
                    "%noutages of all regions, 1 %% loss, %d each: missed, and median delay in intervals%n%-31s",
                    worlds, "");
            LENGTHS.forEach(length -> System.out.printf(" %14s", length + " int."));
            System.out.println();
            for (var rule : rules().entrySet()) {
                System.out.printf("%-31s", rule.getKey());
                int missed = 0;
                double median = 0;
                for (int length : LENGTHS) {
                    var seen =
                            detection.outages(
                                    rule.getValue(), worlds, length, 1, Detection.REGIONS);
                    System.out.printf(
                            " %6.1f%% %5.2f ", 100.0 * seen.missed() / worlds, seen.quantile(0.5));
                    if (length >= 3) {
                        missed += seen.missed();
                        median = Math.max(median, seen.quantile(0.5));
                    }
                }
                if (rule.getValue().get() instanceof Ours) {
                    result.put("missed_outages", missed).put("median_delay_intervals", median);
                }
                System.out.println();
            }
            System.out.printf(
                    "%nother worlds, 1 %% loss: missed, and median delay in intervals; the last: how often it is told%n%-31s %22s %22s %22s%n",
                    "", "one region, 20 int.", "half lost, 20 int.", "20 x down 2, up 3 int.");
            for (var rule : rules().entrySet()) {
                var regional = detection.outages(rule.getValue(), worlds, 20, 1, 1);
                var brownOut =
                        detection.outages(rule.getValue(), worlds, 20, 0.5, Detection.REGIONS);
                System.out.printf(
                        "%-31s %13.1f%% %6.2f  %13.1f%% %6.2f  %21.1f%n",
                        rule.getKey(),
                        100.0 * regional.missed() / worlds,
                        regional.quantile(0.5),
                        100.0 * brownOut.missed() / worlds,
                        brownOut.quantile(0.5),
                        detection.flapping(rule.getValue(), worlds / 20, 2, 3, 20));
            }
            System.out.println(JSON.writeValueAsString(result));
            return 0;
        }

        /// Enough of it to see something, and no more: what happens often needs few years.
        private Detection.False falses(Detection detection, Supplier<Rule> rule, double loss) {
            if (rule.get() instanceof Ours) {
                return detection.pairsOfFailures(rule, loss, loss > 0.01 ? years / 50.0 : years);
            }
            return detection.everyProbe(rule, loss, 20);
        }
    }
}
