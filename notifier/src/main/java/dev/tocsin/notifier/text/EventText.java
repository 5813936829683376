package dev.tocsin.notifier.text;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.service.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An event in words, for channels that people read.
///
/// @param title fits a subject line
/// @param why the reason this target is told
public record EventText(
        String title,
        String colour,
        String reason,
        List<Fact> facts,
        String incidentId,
        String why) {
    public record Fact(String name, String value) {}

    public static EventText of(IncidentEvent event, String why) {
        var facts = new ArrayList<Fact>();
        var ended = event.getEndedAt();
        facts.add(new Fact("since", time(event.getStartedAt())));
        if (!event.getOpen() && ended != null) {
            facts.add(
                    new Fact(
                            "until",
                            time(ended)
                                    + " ("
                                    + Durations.words(Duration.between(event.getStartedAt(), ended))
                                    + ")"));
        }
        add(facts, "services", String.join(", ", event.getServices()));
        add(facts, "service", event.getService());
        add(facts, "failing", regions(event, RegionVerdict.FAILING));
        add(facts, "degraded", regions(event, RegionVerdict.DEGRADED));
        add(facts, "fine", regions(event, RegionVerdict.PASSING));
        add(facts, "not heard", regions(event, RegionVerdict.SILENT));
        add(facts, "cut off", regions(event, RegionVerdict.ISOLATED));
        add(facts, "what fails", failures(event));
        add(
                facts,
                "reported by",
                event.getReportedBy() == 0 ? null : event.getReportedBy() + " users");
        add(
                facts,
                "explained by",
                event.getRootIncidentId() == null ? null : "incident " + event.getRootIncidentId());
        add(facts, "made of", children(event));
        add(facts, "how often", recurrence(event));
        add(facts, "how sure", event.getDecision().getExplanation());
        add(facts, "part of", event.getOutageId() == null ? null : "outage " + event.getOutageId());
        return new EventText(
                title(event),
                event.getOpen() ? colour(event) : "#2e7d32",
                event.getReason(),
                List.copyOf(facts),
                event.getIncidentId(),
                why);
    }

    private static void add(List<Fact> facts, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.add(new Fact(name, value));
        }
    }

    private static String title(IncidentEvent event) {
        int times = event.getRecurrence().getIn30Days();
        return state(event)
                + ": "
                + event.getName()
                + (times > 1 ? " (" + ordinal(times) + " in 30 days)" : "");
    }

    private static String state(IncidentEvent event) {
        if (event.getType() == IncidentEventType.ANNOTATED) {
            return "NOTE";
        }
        if (!event.getOpen()) {
            return switch (event.getResolution()) {
                case null -> "RECOVERED";
                case "recovered" -> "RECOVERED";
                case "config_removed" -> "REMOVED";
                default -> "CLOSED";
            };
        }
        return switch (event.getType()) {
            case FLAPPING_STARTED -> "FLAPPING";
            case UPDATED -> "UPDATE";
            case ACKNOWLEDGED, UNACKNOWLEDGED, SNOOZED -> event.getType().name();
            case UNKNOWN,
                    OPENED,
                    REOPENED,
                    SUPPRESSED,
                    UNSUPPRESSED,
                    FLAPPING_STOPPED,
                    ANNOTATED,
                    CLOSED ->
                    kind(event);
        };
    }

    private static String kind(IncidentEvent event) {
        return switch (event.getKind()) {
            case DOWN -> "DOWN";
            case PARTIAL -> "DOWN IN PLACES";
            case DEGRADED -> "DEGRADED";
            case NO_DATA, PIPELINE_STALLED -> "NO DATA";
            case OUTAGE -> "OUTAGE";
            case REGION_ISOLATED -> "REGION ISOLATED";
            case UNKNOWN -> "INCIDENT";
        };
    }

    private static String colour(IncidentEvent event) {
        return switch (event.getSeverity()) {
            case CRITICAL, ERROR -> "#c62828";
            case WARNING -> "#ef8e00";
            case INFO, UNKNOWN -> "#607d8b";
        };
    }

    private static String regions(IncidentEvent event, RegionVerdict verdict) {
        return event.getRegions().stream()
                .filter(region -> region.getVerdict() == verdict)
                .map(RegionStatus::getRegion)
                .collect(Collectors.joining(", "));
    }

    private static String failures(IncidentEvent event) {
        return event.getRegions().stream()
                .map(RegionStatus::getFailure)
                .filter(java.util.Objects::nonNull)
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private static String children(IncidentEvent event) {
        int more = event.getChildrenCount() - event.getChildren().size();
        return event.getChildren().stream().map(EventText::child).collect(Collectors.joining("; "))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    private static String child(OutageChild child) {
        return child.getName()
                + (child.getOpen()
                        ? " (" + child.getKind().name().toLowerCase(Locale.ROOT) + ")"
                        : " (closed)");
    }

    private static @Nullable String recurrence(IncidentEvent event) {
        int times = event.getRecurrence().getIn30Days();
        return times < 2
                ? null
                : ordinal(times) + " in 30 days, " + event.getRecurrence().getIn7Days() + " in 7";
    }

    /// 1st, 2nd, 3rd, 4th, 11th ...
    static String ordinal(int n) {
        int tens = n % 100;
        var ending =
                tens >= 11 && tens <= 13
                        ? "th"
                        : switch (n % 10) {
                            case 1 -> "st";
                            case 2 -> "nd";
                            case 3 -> "rd";
                            default -> "th";
                        };
        return n + ending;
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace('T', ' ')
                .replace("Z", " UTC");
    }

    /// As plain text.
    public String plain() {
        return title
                + "\n\n"
                + reason
                + "\n\n"
                + facts.stream()
                        .map(fact -> "%-11s %s".formatted(fact.name() + ":", fact.value()))
                        .collect(Collectors.joining("\n"))
                + "\n\nIncident "
                + incidentId
                + ". You are told because: "
                + why
                + ".\n";
    }
}
