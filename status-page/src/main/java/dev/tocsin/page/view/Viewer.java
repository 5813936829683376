package dev.tocsin.page.view;

import dev.tocsin.page.board.Board;
import dev.tocsin.page.board.Story;
import dev.tocsin.page.board.Votes;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Occurrences;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Looks at a [Board] at one time. Only measurements are shown.
public final class Viewer {
    private static final int RECENT = 20;
    private static final Duration RECENT_DAYS = Duration.ofDays(30);

    private final String title;
    private final Board board;
    private final Standing standing;

    private Viewer(String title, Board board, Instant now) {
        this.title = title;
        this.board = board;
        standing = new Standing(board, now);
    }

    /// @param now by this machine's steady clock
    public static View view(String title, Board board, Instant now) {
        synchronized (board) {
            return new Viewer(title, board, now).view();
        }
    }

    private View view() {
        var services =
                standing.services().entrySet().stream()
                        .map(entry -> service(entry.getKey(), entry.getValue()))
                        .sorted(Comparator.comparing(View.Service::name))
                        .toList();
        var last = board.freshness().last();
        return new View(
                title,
                standing.brokerNow(),
                last.orElse(null),
                last.map(at -> Math.max(0, Duration.between(at, standing.brokerNow()).toSeconds()))
                        .orElse(0L),
                board.freshness().decided().orElse(null),
                standing.stale(),
                services.stream()
                        .map(View.Service::status)
                        .reduce(Status::worse)
                        .orElse(Status.UNKNOWN),
                services,
                open().toList(),
                recent(),
                maintenance());
    }

    private View.Service service(String id, List<CheckDefinition> checks) {
        var byRegion = new TreeMap<String, List<CheckDefinition>>();
        for (var check : checks) {
            for (var region : check.getRegions()) {
                byRegion.computeIfAbsent(region, _ -> new ArrayList<>()).add(check);
            }
        }
        var open = checks.stream().map(standing::incident).filter(Objects::nonNull).toList();
        var status = standing.ofService(id);
        return new View.Service(
                id,
                board.serviceName(id),
                status,
                status == Status.UNKNOWN ? standing.missing(checks) : null,
                status.fails()
                        ? open.stream()
                                .map(Viewer::failingSince)
                                .min(Comparator.naturalOrder())
                                .orElse(null)
                        : null,
                byRegion.entrySet().stream()
                        .map(entry -> region(entry.getKey(), entry.getValue()))
                        .toList(),
                checks.stream()
                        .map(check ->
                                new View.Check(
                                        check.getCheckId(), check.getName(), standing.of(check)))
                        .toList(),
                uptime(checks, Duration.ofHours(24)),
                uptime(checks, RECENT_DAYS));
    }

    private View.Region region(String region, List<CheckDefinition> here) {
        return new View.Region(
                region,
                Status.ofAll(here.stream().map(check -> standing.of(check, region)).toList()),
                here.stream()
                        .map(check -> board.heard(check.getCheckId(), region))
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    /// Share of good votes among all.
    private @Nullable Double uptime(List<CheckDefinition> checks, Duration back) {
        var now = standing.brokerNow();
        var votes =
                checks.stream()
                        .map(check -> board.votes(check.getCheckId(), now.minus(back), now))
                        .reduce(Votes.NONE, Votes::plus);
        return votes.all() == 0 ? null : (double) votes.up() / votes.all();
    }

    /// The worst first, of those an outage before what stands alone, of those the oldest: of many, people are shown the first.
    private Stream<View.Incident> open() {
        return board.incidents().stream()
                .filter(event -> event.getOpen() && event.getOutageId() == null)
                .sorted(
                        Comparator.comparing(
                                        (IncidentEvent e) -> standing.of(e),
                                        Comparator.reverseOrder())
                                .thenComparing(e -> e.getKind() != IncidentKind.OUTAGE)
                                .thenComparing(IncidentEvent::getStartedAt))
                .map(this::incident);
    }

    private List<View.Incident> recent() {
        return board.incidents().stream()
                .filter(event -> !event.getOpen() && event.getOutageId() == null)
                .filter(event -> event.getAt().isAfter(standing.brokerNow().minus(RECENT_DAYS)))
                .sorted(Comparator.comparing(IncidentEvent::getStartedAt).reversed())
                .limit(RECENT)
                .map(this::incident)
                .toList();
    }

    private View.Incident incident(IncidentEvent event) {
        var services =
                event.getServices().isEmpty() && event.getService() != null
                        ? List.of(event.getService())
                        : event.getServices();
        var failing = standing.failing(event);
        return new View.Incident(
                event.getIncidentId(),
                event.getKind() == IncidentKind.OUTAGE
                        ? "Outage of "
                                + Named.some(
                                        names(services),
                                        Math.max(services.size(), event.getServicesCount()))
                        : event.getName(),
                standing.of(event),
                event.getOpen(),
                event.getOpen() ? null : event.getResolution(),
                event.getSeverity().name().toLowerCase(Locale.ROOT),
                event.getStartedAt(),
                failingSince(event),
                event.getEndedAt(),
                event.getFailingMs(),
                names(services),
                List.copyOf(failing),
                fine(event, failing),
                event.getRecurrence().getIn30Days(),
                Standing.inMaintenance(event),
                lines(event));
    }

    private static Instant failingSince(IncidentEvent event) {
        var since = event.getFailingSince();
        return since == null ? event.getStartedAt() : since;
    }

    /// Newest first; of an outage also what is said to the public of its parts.
    private List<View.Line> lines(IncidentEvent event) {
        var own =
                board.told(event.getIncidentId()).stream()
                        .filter(Viewer::concernsThePublic)
                        .map(told -> line(told, ""));
        var ofParts =
                standing.parts(event).stream()
                        .flatMap(part -> board.told(part.getIncidentId()).stream())
                        .filter(told -> told.publicText() != null)
                        .map(told -> line(told, told.name() + ": "));
        // Of what was told at the same time the order in which it was told.
        return Stream.concat(own, ofParts)
                .sorted(Comparator.comparing(View.Line::at))
                .toList()
                .reversed();
    }

    private static View.Line line(Story.Told told, String of) {
        if (told.publicText() != null) {
            return new View.Line(told.at(), "note", of + told.publicText());
        }
        return new View.Line(
                told.at(),
                told.type().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                told.byHand() ? "by hand" : told.reason());
    }

    /// What people do about it, and whom the alerts tell, they say to one another; to the public what they say is for it.
    private static boolean concernsThePublic(Story.Told told) {
        return switch (told.type()) {
            case ANNOTATED -> told.publicText() != null;
            case ACKNOWLEDGED, UNACKNOWLEDGED, SNOOZED, SUPPRESSED, UNSUPPRESSED -> false;
            case OPENED, UPDATED, REOPENED, CLOSED, FLAPPING_STARTED, FLAPPING_STOPPED, UNKNOWN ->
                    true;
        };
    }

    private List<String> names(List<String> services) {
        return services.stream().map(id -> board.serviceName(id)).toList();
    }

    private static List<String> fine(IncidentEvent newest, Set<String> failing) {
        return newest.getRegions().stream()
                .filter(r -> r.getVerdict() == RegionVerdict.PASSING)
                .map(RegionStatus::getRegion)
                .filter(region -> !failing.contains(region))
                .toList();
    }

    private List<View.Maintenance> maintenance() {
        return board.windows().stream()
                .map(this::maintenance)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(View.Maintenance::startsAt))
                .toList();
    }

    /// The time that goes on, or the next; null when all are over.
    private View.@Nullable Maintenance maintenance(MaintenanceWindow window) {
        var now = standing.brokerNow();
        var times = Occurrences.of(window);
        var next = times.endingAfter(now);
        return next == null
                ? null
                : new View.Maintenance(
                        window.getWindowId(),
                        window.getTitle(),
                        next.startsAt(),
                        next.endsAt(),
                        times.zone().getId(),
                        times.endingAfter(next.endsAt()) != null,
                        next.covers(now));
    }
}
