package dev.tocsin.notifier.text;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Parts;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Severity;
import dev.tocsin.service.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A message in words, for channels that people read.
///
/// @param title fits a subject line
/// @param event what happened, in a word, and the number of the incident's newest event
/// @param incidentId null for a digest
/// @param why the reason this target is told
public record MessageText(
        String title,
        String colour,
        String reason,
        List<Fact> facts,
        String event,
        @Nullable String incidentId,
        String why) {
    public record Fact(String name, String value) {}

    public static MessageText of(Message message) {
        return switch (message) {
            case Message.One one -> of(one);
            case Message.Digest digest -> of(digest);
        };
    }

    private static MessageText of(Message.Digest digest) {
        int more = digest.conversations() - digest.named().size();
        var facts = new ArrayList<Fact>();
        for (var one : digest.named()) {
            facts.add(
                    new Fact(
                            state(one),
                            one.event().getName() + ", since " + time(one.event().getStartedAt())));
        }
        if (more > 0) {
            facts.add(new Fact("and", more + " more"));
        }
        return new MessageText(
                digest.conversations()
                        + " incidents, "
                        + (digest.open() == 0 ? "all over" : digest.open() + " of them open"),
                digest.open() == 0 ? "#2e7d32" : colour(digest.worst()),
                "So much changed at once that it is told in one message.",
                List.copyOf(facts),
                "DIGEST " + digest.conversations(),
                null,
                "they were due together");
    }

    private static MessageText of(Message.One message) {
        var event = message.event();
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
        add(facts, "of yours", parts(message.parts()));
        add(facts, "made of", children(event));
        add(facts, "how often", recurrence(event));
        add(facts, "how sure", event.getDecision().getExplanation());
        add(facts, "part of", event.getOutageId() == null ? null : "outage " + event.getOutageId());
        if (message.notes().left() > 0) {
            facts.add(new Fact("notes", message.notes().left() + " earlier ones"));
        }
        message.notes().texts().forEach(note -> facts.add(new Fact("note", note)));
        return new MessageText(
                title(message),
                event.getOpen() ? colour(event.getSeverity()) : "#2e7d32",
                event.getReason(),
                List.copyOf(facts),
                message.what() + " " + event.getSeq(),
                event.getIncidentId(),
                message.reason());
    }

    private static void add(List<Fact> facts, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.add(new Fact(name, value));
        }
    }

    private static String title(Message.One message) {
        int times = message.event().getRecurrence().getIn30Days();
        return state(message)
                + ": "
                + message.event().getName()
                + (times > 1 ? " (" + ordinal(times) + " in 30 days)" : "");
    }

    private static String state(Message.One message) {
        var event = message.event();
        return switch (message.what()) {
            case OPENED, UNSUPPRESSED, SETTLED, WORSE -> kind(event);
            case REOPENED -> kind(event) + " AGAIN";
            case MISSED -> "WAS " + kind(event);
            case CLOSED ->
                    event.getOpen()
                            ? "YOURS IS OVER"
                            : switch (event.getResolution()) {
                                case null -> "RECOVERED";
                                case "recovered" -> "RECOVERED";
                                case "config_removed" -> "REMOVED";
                                default -> "CLOSED";
                            };
            case FLAPPING, ACKNOWLEDGED, UNACKNOWLEDGED, SNOOZED, SUPPRESSED, NOTE ->
                    message.what().name();
            case CHANGED, NOTHING -> "UPDATE";
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
            case DELIVERY_FAILING -> "NOT TOLD";
            case TEST -> "TEST";
            case UNKNOWN -> "INCIDENT";
        };
    }

    private static String colour(Severity severity) {
        return switch (severity) {
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

    private static @Nullable String parts(Parts parts) {
        int more = parts.joined() - parts.named().size();
        return parts.joined() == 0
                ? null
                : parts.open()
                        + " of "
                        + parts.joined()
                        + " open: "
                        + parts.named().stream()
                                .map(part ->
                                        part.name()
                                                + (part.open()
                                                        ? " (" + word(part.kind()) + ")"
                                                        : " (closed)"))
                                .collect(Collectors.joining("; "))
                        + (more > 0 ? "; and " + more + " more" : "");
    }

    private static String word(IncidentKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String children(IncidentEvent event) {
        int more = event.getChildrenCount() - event.getChildren().size();
        return event.getChildren().stream()
                        .map(MessageText::child)
                        .collect(Collectors.joining("; "))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    private static String child(OutageChild child) {
        return child.getName()
                + (child.getOpen() ? " (" + word(child.getKind()) + ")" : " (closed)");
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
                + "\n\n"
                + (incidentId == null ? "" : "Incident " + incidentId + ". ")
                + "You are told because: "
                + why
                + ".\n";
    }
}
