package dev.tocsin.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigException;
import dev.tocsin.standalone.command.OptionTypes;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.Folder;
import dev.tocsin.standalone.embedded.Ports;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Everything of one group fails at once. Broker and incident-streams share this machine.
@Command(
        name = "bad-day",
        description = {
            "All checks of one group fail at once in 3 regions, and with them 100 others that have nothing to do with it.",
            "opened: from the broker's stamp of the last vote of the third failing round until a subscriber has read that the last of them is open."
                    + " outage told: likewise, until it has read an outage that counts all of them."
                    + " closed: until all of them and the outage are closed, from when they may be at the earliest: the stamp of the last vote of the"
                    + " first passing round, and 20 s of recover-for."
                    + " others later: how much more time it took to tell the others than on a quiet day, when they failed alone: the median, and the"
                    + " worst of them.",
            "kB/check: keys and values that incident-streams wrote from the first failure on until all were closed, changelogs included, by every check"
                    + " that failed (the others, too). largest: key, value and headers of one record. CPU: of the threads of incident-streams in that time.",
            "Exits with 1 when a size did not come to its end; what was not reached is null."
        },
        mixinStandardHelpOptions = true)
final class BadDayBench implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--checks",
            converter = OptionTypes.Count.class,
            split = ",",
            defaultValue = "500,2000,10000",
            description = "How many fail, one size after the other; ${DEFAULT-VALUE} if not given.")
    List<Integer> checks = List.of();

    @Option(
            names = "--limit",
            defaultValue = "180s",
            description = "Of each phase; ${DEFAULT-VALUE} if not given.")
    Duration limit = Duration.ofMinutes(3);

    @Option(
            names = "--port-base",
            converter = OptionTypes.PortBase.class,
            defaultValue = "28292",
            description = "Of the cluster; ${DEFAULT-VALUE} if not given.")
    int portBase = 28292;

    @Override
    public Integer call() throws Exception {
        var sizes = new TreeSet<>(checks);
        if (sizes.isEmpty() || sizes.first() < 2) {
            throw new ConfigException("--checks: 2 or more, for one alone is no outage");
        }
        var ports = Ports.from(portBase).requireFree();
        TrustedRecords.trust();
        var dir = Files.createTempDirectory("tocsin-bench");
        var err = System.err;
        var log = new KeptLog();
        System.setErr(log.stream());
        var days = new ArrayList<Day>();
        try (var cluster = new Cluster(dir.resolve("cluster"), ports)) {
            System.out.printf(
                    "3 regions, %d partitions, broker on the same %d cores%n%n%8s %9s %14s %9s %15s %9s %9s %9s %8s%n",
                    Load.LANES,
                    Runtime.getRuntime().availableProcessors(),
                    "checks",
                    "opened s",
                    "outage told s",
                    "closed s",
                    "others later s",
                    "kB/check",
                    "largest B",
                    "of outage",
                    "CPU s");
            for (int size : sizes) {
                var bad =
                        new BadDay(
                                cluster.settings(),
                                size,
                                limit,
                                phase -> err.printf("%,d checks: %s%n", size, phase));
                var day = bad.run(dir.resolve("streams-" + size));
                days.add(day);
                row(day);
                explain(day, log.why(), err);
            }
        } finally {
            System.setErr(err);
            delete(dir);
        }
        var largest = days.getLast();
        volumes(largest);
        var json = JSON.createObjectNode();
        largest.into(json, days.getFirst());
        goals(largest, days.getFirst());
        System.out.println(JSON.writeValueAsString(json));
        return days.stream().allMatch(day -> day.failure() == null) ? 0 : 1;
    }

    private static void row(Day day) {
        var kilobytes = day.bytesPerCheck() == null ? null : day.bytesPerCheck() / 1000;
        System.out.printf(
                "%,8d %9s %14s %9s %15s %9s %9s %9s %8s%n",
                day.checks(),
                shown("%.2f", day.openedS()),
                shown("%.2f", day.toldS()),
                shown("%.2f", day.closedS()),
                shown("%.2f", day.othersMedianS()) + " / " + shown("%.2f", day.othersS()),
                shown("%.2f", kilobytes),
                shown("%,d", day.largestBytes()),
                shown("%,d", day.outageEvents()),
                shown("%.1f", day.cpuS()));
    }

    private static void explain(Day day, @Nullable String why, PrintStream err) {
        if (day.failure() != null) {
            err.println(day.failure());
            if (why != null) {
                err.println("the last reason in the log: " + why);
            }
        }
    }

    private static String shown(String format, @Nullable Object value) {
        return value == null ? "-" : format.formatted(value);
    }

    private static void volumes(Day day) {
        System.out.printf(
                "%nwritten on the bad day of %,d checks%n%-60s %10s %12s %10s%n",
                day.checks(), "", "records", "kB", "largest B");
        day.written()
                .topics()
                .forEach((topic, volume) ->
                        System.out.printf(
                                "%-60s %,10d %,12.1f %,10d%n",
                                Written.input(topic) ? topic + " (by the bench)" : topic,
                                volume.records(),
                                volume.bytes() / 1000.0,
                                volume.largest()));
        System.out.println();
    }

    /// Of DESIGN section 10; what was not reached is no goal met.
    private static void goals(Day day, Day smallest) {
        goal("all opened, s", day.openedS(), 10);
        goal("outage told, s", day.toldS(), 10);
        goal("the others later by, s", day.othersS(), 2);
        goal("largest record, bytes", day.largestBytes(), 65_536);
        if (smallest.checks() < day.checks()) {
            goal("growth of bytes per check", day.growth(smallest), 1.5);
        }
    }

    private static void goal(String what, @Nullable Number found, double most) {
        if (found == null) {
            System.out.printf("%-29s %12s  goal <= %,.2f: NOT MET%n", what, "not reached", most);
        } else {
            double value = found.doubleValue();
            System.out.printf(
                    "%-29s %,12.2f  goal <= %,.2f: %s%n",
                    what, value, most, value <= most ? "met" : "NOT MET");
        }
    }

    /// A thread that did not end in time may still write into it: what is left then is left to the system.
    private static void delete(Path dir) {
        try {
            Folder.delete(dir);
        } catch (java.io.IOException | java.io.UncheckedIOException e) {
            System.err.println("left behind: " + dir + " (" + e.getMessage() + ")");
        }
    }
}
