package dev.tocsin.notifier.text;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Part;
import dev.tocsin.notifier.mailbox.Parts;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Severity;
import dev.tocsin.service.Clip;
import dev.tocsin.service.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A message in words, for channels that people read. Texts that are too long end with `…`, and what is left out of a list is counted.
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
    private static final int SUBJECT = 150;

    public record Fact(String name, String value) {}

    /// @param room how much of it is said
    public static MessageText of(Message message, Room room) {
        return switch (message) {
            case Message.One one -> of(one, room);
            case Message.Digest digest -> of(digest, room);
        };
    }

    private static MessageText of(Message.Digest digest, Room room) {
        var named = Room.some(digest.named(), room.checks());
        int more = digest.conversations() - named.size();
        var facts = new ArrayList<Fact>();
        for (var one : named) {
            facts.add(
                    new Fact(
                            state(one),
                            text(room, one.event().getName()) + ", since " + since(one.event())));
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

    private static MessageText of(Message.One message, Room room) {
        var event = message.event();
        var facts = new ArrayList<Fact>();
        var ended = event.getEndedAt();
        facts.add(new Fact("since", since(event)));
        if (!event.getOpen() && ended != null) {
            var failed =
                    Durations.failed(
                            event.getStartedAt(), ended, Duration.ofMillis(event.getFailingMs()));
            facts.add(new Fact("until", time(ended) + " (" + failed + ")"));
        }
        add(
                facts,
                "services",
                some(event.getServices(), event.getServicesCount(), ", ", room.items(), room));
        add(facts, "service", event.getService() == null ? null : text(room, event.getService()));
        add(facts, "failing", regions(event, RegionVerdict.FAILING, room));
        add(facts, "degraded", regions(event, RegionVerdict.DEGRADED, room));
        add(facts, "fine", regions(event, RegionVerdict.PASSING, room));
        add(facts, "not heard", regions(event, RegionVerdict.SILENT, room));
        add(facts, "cut off", regions(event, RegionVerdict.ISOLATED, room));
        add(facts, "what fails", failures(event, room));
        add(
                facts,
                "reported by",
                event.getReportedBy() == 0 ? null : event.getReportedBy() + " users");
        add(
                facts,
                "explained by",
                event.getRootIncidentId() == null
                        ? null
                        : "incident " + room.id(event.getRootIncidentId()));
        var parts = Room.some(message.parts().named(), room.checks());
        add(facts, "of yours", parts(message.parts(), parts, room));
        add(facts, "made of", children(event, room.checks() - parts.size(), room));
        add(facts, "how often", recurrence(event));
        add(facts, "how sure", text(room, event.getDecision().getExplanation()));
        add(
                facts,
                "part of",
                event.getOutageId() == null ? null : "outage " + room.id(event.getOutageId()));
        var notes = Room.some(message.notes().texts(), room.items());
        notes.forEach(note -> facts.add(new Fact("note", text(room, note))));
        int more = message.notes().size() - notes.size();
        add(facts, "and", more > 0 ? more + " more notes" : null);
        return new MessageText(
                title(message, room),
                event.getOpen() ? colour(event.getSeverity()) : "#2e7d32",
                text(room, event.getReason()),
                List.copyOf(facts),
                message.what() + " " + event.getSeq(),
                room.id(event.getIncidentId()),
                text(room, message.reason()));
    }

    /// In a line: whoever may name a check, or write a note, could else write lines and headers.
    private static String text(Room room, String all) {
        return PlainText.shown(room.text(all));
    }

    private static void add(List<Fact> facts, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.add(new Fact(name, value));
        }
    }

    private static String title(Message.One message, Room room) {
        int times = message.event().getRecurrence().getIn30Days();
        return state(message)
                + ": "
                + Clip.to(SUBJECT, text(room, message.event().getName()))
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

    private static String regions(IncidentEvent event, RegionVerdict verdict, Room room) {
        return some(
                event.getRegions().stream()
                        .filter(region -> region.getVerdict() == verdict)
                        .map(RegionStatus::getRegion)
                        .toList(),
                0,
                ", ",
                room.items(),
                room);
    }

    private static String failures(IncidentEvent event, Room room) {
        return some(
                event.getRegions().stream()
                        .map(RegionStatus::getFailure)
                        .filter(java.util.Objects::nonNull)
                        .distinct()
                        .toList(),
                0,
                "; ",
                room.items(),
                room);
    }

    /// @param count how many there are, where `all` are some of them
    private static String some(List<String> all, int count, String between, int most, Room room) {
        var some = all.stream().limit(most).map(text -> text(room, text)).toList();
        return and(some, Math.max(count, all.size()) - some.size(), between);
    }

    private static String and(List<String> some, int more, String between) {
        return String.join(between, some)
                + (more == 0 ? "" : (some.isEmpty() ? "" : between + "and ") + more + " more");
    }

    private static @Nullable String parts(Parts parts, List<Part> named, Room room) {
        return parts.joined() == 0
                ? null
                : parts.open()
                        + " of "
                        + parts.joined()
                        + " open: "
                        + and(
                                named.stream()
                                        .map(part ->
                                                check(part.name(), part.open(), part.kind(), room))
                                        .toList(),
                                parts.joined() - named.size(),
                                "; ");
    }

    private static String word(IncidentKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String children(IncidentEvent event, int most, Room room) {
        var named = Room.some(event.getChildren(), most);
        return and(
                named.stream()
                        .map(child ->
                                check(child.getName(), child.getOpen(), child.getKind(), room))
                        .toList(),
                Math.max(event.getChildrenCount(), event.getChildren().size()) - named.size(),
                "; ");
    }

    private static String check(String name, boolean open, IncidentKind kind, Room room) {
        return text(room, name) + (open ? " (" + word(kind) + ")" : " (closed)");
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

    /// Of one that is open since when it fails this time.
    private static String since(IncidentEvent event) {
        var first = event.getStartedAt();
        var again = event.getFailingSince();
        return event.getOpen() && again != null && again.isAfter(first)
                ? time(again) + ", the first time " + time(first)
                : time(first);
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
