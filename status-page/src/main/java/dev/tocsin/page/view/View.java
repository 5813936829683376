package dev.tocsin.page.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.service.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the page says at one time; the JSON API is this record. What people called things may turn around nothing that stands beside it.
///
/// @param dataAt the newest thing that was heard; null when nothing ever was
/// @param decidedAt when somebody last decided on what is measured; null when nobody ever did
/// @param stale nobody has decided for too long: then every status is UNKNOWN
/// @param incidents open ones, outages first; an incident that is part of an outage is among its children
/// @param recent closed ones, newest first
public record View(
        String title,
        Instant generatedAt,
        @Nullable Instant dataAt,
        long dataAgeSeconds,
        @Nullable Instant decidedAt,
        boolean stale,
        Status status,
        List<Service> services,
        List<Incident> incidents,
        List<Incident> recent,
        List<Maintenance> maintenance) {

    /// @param unknown what is missing where the status is UNKNOWN; else null
    /// @param uptime24h share of good results of all that voted, 0 to 1; null without any
    public record Service(
            String id,
            String name,
            Status status,
            @Nullable String unknown,
            @Nullable Instant since,
            List<Region> regions,
            List<Check> checks,
            @Nullable Double uptime24h,
            @Nullable Double uptime30d) {
        public Service {
            name = PlainText.shown(name);
        }

        @JsonIgnore
        public Named<Region> namedRegions() {
            return Named.worst(regions, Named.AT_MOST, Region::status);
        }

        /// None where it is the service.
        @JsonIgnore
        public Named<Check> namedChecks() {
            return Named.worst(
                    checks.size() > 1 ? checks : List.of(), Named.AT_MOST, Check::status);
        }
    }

    /// @param heardAt the oldest of its checks' newest results: no older one is behind what is shown
    public record Region(String id, Status status, @Nullable Instant heardAt) {
        @JsonIgnore
        public String name() {
            return PlainText.shown(id);
        }
    }

    public record Check(String id, String name, Status status) {
        public Check {
            name = PlainText.shown(name);
        }
    }

    /// @param failingSince this time: `startedAt`, unless it was reopened since
    /// @param failingMs how long it failed in all up to its end, or what was last said of it; 0 where nobody counted
    /// @param failing regions; `fine` likewise
    /// @param lines what was measured and decided, newest first, and what was said of it to the public (`note`); what people wrote to one another is not
    ///     for the public
    public record Incident(
            String id,
            String name,
            Status status,
            boolean open,
            @Nullable String resolution,
            String severity,
            Instant startedAt,
            Instant failingSince,
            @Nullable Instant endedAt,
            long failingMs,
            List<String> services,
            List<String> failing,
            List<String> fine,
            int timesIn30Days,
            boolean inMaintenance,
            List<Line> lines) {
        public Incident {
            name = PlainText.shown(name);
            services = services.stream().map(PlainText::shown).toList();
        }

        /// How it is, or how it ended.
        @JsonIgnore
        public String words() {
            if (open) {
                return status == Status.OPERATIONAL ? "flapping" : status.words();
            }
            return switch (resolution) {
                case null -> "recovered";
                case "recovered" -> "recovered";
                case "config_removed" -> "removed";
                default -> "closed";
            };
        }

        @JsonIgnore
        public String recurrence() {
            return timesIn30Days > 1 ? "number " + timesIn30Days + " in 30 days" : "";
        }

        /// Since when, until when, how often, in a line.
        String when(View view) {
            var failing = Duration.ofMillis(failingMs);
            return "Since "
                    + since(view)
                    + (endedAt == null
                            ? ""
                            : ", until "
                                    + view.time(endedAt)
                                    + " ("
                                    + Durations.failed(startedAt, endedAt, failing)
                                    + ")")
                    + (recurrence().isEmpty() ? "" : "; " + recurrence())
                    + (inMaintenance ? "; announced maintenance" : "");
        }

        /// Of one that is open since when it fails this time.
        private String since(View view) {
            return open && failingSince.isAfter(startedAt)
                    ? view.time(failingSince) + ", the first time " + view.time(startedAt)
                    : view.time(startedAt);
        }
    }

    public record Line(Instant at, String type, String text) {
        public Line {
            text = PlainText.shown(text);
        }
    }

    /// Announced work: of what comes again the time that goes on, or the next.
    ///
    /// @param timeZone in which it was announced, as IANA names it
    /// @param again whether it comes again after that
    /// @param now whether it goes on
    public record Maintenance(
            String id,
            String title,
            Instant startsAt,
            Instant endsAt,
            String timeZone,
            boolean again,
            boolean now) {
        public Maintenance {
            title = PlainText.shown(title);
        }

        /// From when to when, in its zone: the day of the end only where that is another.
        @JsonIgnore
        public String when() {
            var zone = ZoneId.of(timeZone);
            var starts = startsAt.atZone(zone);
            var ends = endsAt.atZone(zone);
            boolean sameDay = starts.toLocalDate().equals(ends.toLocalDate());
            return MINUTE.format(starts)
                    + " to "
                    + (sameDay ? TIME_OF_DAY : MINUTE).format(ends)
                    + " "
                    + timeZone
                    + (now ? ", now" : "")
                    + (again ? ", and again later" : "");
        }
    }

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private static final DateTimeFormatter TIME_OF_DAY =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    /// The time of day and, where it is not today, the day; in UTC.
    public String time(@Nullable Instant instant) {
        if (instant == null) {
            return "never";
        }
        var text = instant.truncatedTo(ChronoUnit.SECONDS).toString();
        var day = text.substring(0, 10);
        return (generatedAt.toString().startsWith(day) ? "" : day + " ")
                + text.substring(11, 19)
                + " UTC";
    }

    public String when(Incident incident) {
        return incident.when(this);
    }

    public String where(Incident incident) {
        return (incident.open() ? "Failing in " : "Failed in ")
                + Named.some(incident.failing())
                + (incident.fine().isEmpty() ? "" : "; fine in " + Named.some(incident.fine()));
    }

    /// Of several the time when the one was heard that was heard longest ago; null where one never was.
    public @Nullable Instant heardAt(List<Region> regions) {
        return regions.stream().anyMatch(region -> region.heardAt() == null)
                ? null
                : regions.stream()
                        .map(Region::heardAt)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null);
    }

    /// As many as people are shown.
    public <T> List<T> first(List<T> all) {
        return all.subList(0, Math.min(Named.AT_MOST, all.size()));
    }

    /// How many they are not.
    public int more(List<?> all) {
        return Math.max(0, all.size() - Named.AT_MOST);
    }

    public String age() {
        return Durations.words(Duration.ofSeconds(dataAgeSeconds));
    }

    public String percent(@Nullable Double share) {
        return share == null ? "no data" : "%.3f %%".formatted(Math.floor(share * 100_000) / 1000);
    }
}
