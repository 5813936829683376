package dev.tocsin.standalone.command;

import dev.tocsin.incident.partition.Maintenance;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Occurrences;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigException;
import dev.tocsin.standalone.topic.Compacted;
import dev.tocsin.standalone.topic.TopicWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "maintenance",
        description = "Announce work: who is told changes, what is recorded does not.",
        mixinStandardHelpOptions = true,
        subcommands = {
            MaintenanceCommand.Add.class,
            MaintenanceCommand.Show.class,
            MaintenanceCommand.Remove.class
        })
public final class MaintenanceCommand {
    @Command(
            name = "add",
            description = "Announce a window; the same id again replaces it.",
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        @Mixin ClientOption config = new ClientOption();

        @Parameters(
                paramLabel = "ID",
                converter = OptionTypes.Plain.class,
                description = "Its name, e.g. db-upgrade.")
        String id = "";

        @Option(
                names = "--title",
                converter = OptionTypes.Plain.class,
                description = "For people, in a line; the id if not given.")
        @Nullable String title;

        @Option(names = "--check", description = "A check's id; may be given again.")
        List<String> checks = List.of();

        @Option(names = "--service", description = "A service's id; may be given again.")
        List<String> services = List.of();

        @Option(names = "--region", description = "Only failures in these regions.")
        List<String> regions = List.of();

        @Option(names = "--all", description = "All checks, in place of those above.")
        boolean all;

        @Spec CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--from",
                defaultValue = "now",
                description =
                        "now, or a time such as 2026-12-01T22:00+01:00, without an offset in --time-zone.")
        String from = "now";

        @Option(
                names = "--for",
                required = true,
                paramLabel = "DURATION",
                description = "How long, e.g. 90m.")
        Duration lasting = Duration.ZERO;

        @Option(
                names = "--rrule",
                description =
                        "When it comes again, as iCalendar says it, e.g. FREQ=WEEKLY;BYDAY=SU.")
        @Nullable String rrule;

        @Option(
                names = "--time-zone",
                defaultValue = "UTC",
                description =
                        "In which it stays at its time of the day, e.g. Europe/Berlin; ${DEFAULT-VALUE} if not given.")
        String timeZone = "UTC";

        @Override
        public Integer call() throws Exception {
            TrustedRecords.trust();
            try {
                Occurrences.checkId(id);
            } catch (IllegalArgumentException e) {
                throw misused("ID: " + e.getMessage());
            }
            boolean named = !(checks.isEmpty() && services.isEmpty() && regions.isEmpty());
            if (named == all) {
                throw misused(
                        named
                                ? "--all is all of it: give no --check, --service or --region with it"
                                : "--check, --service, --region: none is given, which would be maintenance of everything; --all says that it is");
            }
            var start = start();
            var window =
                    MaintenanceWindow.newBuilder()
                            .setWindowId(id)
                            .setTitle(title == null ? id : title)
                            .setChecks(checks)
                            .setServices(services)
                            .setRegions(regions)
                            .setStartsAt(start)
                            .setEndsAt(start.plus(lasting))
                            .setRrule(rrule)
                            .setTimeZone(rrule == null ? null : timeZone)
                            .build();
            try {
                if (Maintenance.schedule(window).nextChange(Instant.now()) == null) {
                    throw misused("--from: it is over already, since " + window.getEndsAt());
                }
            } catch (IllegalArgumentException e) {
                throw misused("--rrule: " + e.getMessage());
            }
            var kafka = config.kafka();
            var missing = InForce.read(kafka).missing(window);
            if (!missing.isEmpty()) {
                throw new ConfigException(String.join("\n", missing));
            }
            TopicWriter.write(kafka, Topics.MAINTENANCE, Collections.singletonMap(id, window));
            System.out.println(line(window));
            return 0;
        }

        private ParameterException misused(String why) {
            return new ParameterException(spec.commandLine(), why);
        }

        private Instant start() {
            if (from.equals("now")) {
                return Instant.now().truncatedTo(ChronoUnit.MILLIS);
            }
            try {
                return OffsetDateTime.parse(from).toInstant();
            } catch (DateTimeParseException e) {
                return local();
            }
        }

        private Instant local() {
            try {
                return LocalDateTime.parse(from).atZone(ZoneId.of(timeZone)).toInstant();
            } catch (DateTimeParseException e) {
                throw misused(
                        "--from: \""
                                + from
                                + "\" is not a time; write now or 2026-12-01T22:00+01:00");
            } catch (DateTimeException e) {
                throw misused(
                        "--time-zone: \""
                                + timeZone
                                + "\" is no time zone; write one such as Europe/Berlin");
            }
        }
    }

    @Command(
            name = "list",
            description =
                    "What is announced, with the time that goes on or comes next; what is over says so.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin ClientOption config = new ClientOption();

        @Override
        public Integer call() {
            var now = Instant.now();
            Compacted.read(config.kafka(), Topics.MAINTENANCE)
                    .values()
                    .forEach(window -> System.out.println(listed(window, now)));
            return 0;
        }
    }

    /// What makes no sense holds for nobody, and is shown so that it can be removed.
    static String listed(MaintenanceWindow window, Instant now) {
        try {
            var next = Occurrences.of(window).endingAfter(now);
            if (next == null) {
                return "over: " + line(window);
            }
            return line(window)
                    + (window.getRrule() == null
                            ? ""
                            : "  %s %s to %s"
                                    .formatted(
                                            next.covers(now) ? "now" : "next",
                                            next.startsAt(),
                                            next.endsAt()));
        } catch (IllegalArgumentException e) {
            return "not used: " + e.getMessage();
        }
    }

    @Command(
            name = "remove",
            description = "Take a window back, or end it early.",
            mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        @Mixin ClientOption config = new ClientOption();

        @Parameters(paramLabel = "ID", description = "As it was announced.")
        String id = "";

        @Override
        public Integer call() throws Exception {
            var kafka = config.kafka();
            var announced = Compacted.read(kafka, Topics.MAINTENANCE).keySet();
            if (!announced.contains(id)) {
                throw new ConfigException(
                        "no window \"" + id + "\" is announced" + Near.to(id, announced));
            }
            TopicWriter.<MaintenanceWindow>write(
                    kafka, Topics.MAINTENANCE, Collections.singletonMap(id, null));
            System.out.println("removed " + id);
            return 0;
        }
    }

    private static String line(MaintenanceWindow window) {
        return "%s  %s to %s%s  checks %s services %s regions %s  %s"
                .formatted(
                        window.getWindowId(),
                        window.getStartsAt(),
                        window.getEndsAt(),
                        window.getRrule() == null
                                ? ""
                                : " and again by "
                                        + window.getRrule()
                                        + " in "
                                        + window.getTimeZone(),
                        window.getChecks(),
                        window.getServices(),
                        window.getRegions(),
                        PlainText.shown(window.getTitle()));
    }
}
