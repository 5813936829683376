package dev.tocsin.page.view;

import dev.tocsin.page.board.Board;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Looks at a [Board] at one time. Only measurements are shown: what was not heard lately is unknown, never fine.
public final class Viewer {
    private static final int RECENT = 20;
    private static final Duration RECENT_DAYS = Duration.ofDays(30);

    private final String title;
    private final Board board;
    private final Instant now;
    private final Instant brokerNow;
    private final boolean stale;

    private Viewer(String title, Board board, Instant now) {
        this.title = title;
        this.board = board;
        this.now = now;
        brokerNow = board.freshness().brokerTime(now);
        stale = board.freshness().stale(now);
    }

    /// @param now this machine's time
    public static View view(String title, Board board, Instant now) {
        synchronized (board) {
            return new Viewer(title, board, now).view();
        }
    }

    private View view() {
        var byService = new LinkedHashMap<String, List<CheckDefinition>>();
        board.checks()
                .forEach(check ->
                        byService
                                .computeIfAbsent(check.getService(), _ -> new ArrayList<>())
                                .add(check));
        var services =
                byService.entrySet().stream()
                        .map(entry -> service(entry.getKey(), entry.getValue()))
                        .sorted(Comparator.comparing(View.Service::name))
                        .toList();
        var last = board.freshness().last();
        return new View(
                title,
                now,
                last.orElse(null),
                last.map(at -> Math.max(0, Duration.between(at, brokerNow).toSeconds())).orElse(0L),
                stale,
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
        var regions = new TreeSet<String>();
        checks.forEach(check -> regions.addAll(check.getRegions()));
        var open = checks.stream().map(this::incident).filter(Objects::nonNull).toList();
        var status = checks.stream().map(this::status).reduce(Status::worse).orElse(Status.UNKNOWN);
        return new View.Service(
                id,
                board.serviceName(id),
                status,
                open.stream()
                        .map(IncidentEvent::getStartedAt)
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                regions.stream().map(region -> region(region, checks)).toList(),
                checks.stream()
                        .map(check ->
                                new View.Check(check.getCheckId(), check.getName(), status(check)))
                        .toList(),
                uptime(checks, Duration.ofHours(24)),
                uptime(checks, RECENT_DAYS));
    }

    private View.Region region(String region, List<CheckDefinition> checks) {
        var here = checks.stream().filter(c -> c.getRegions().contains(region)).toList();
        return new View.Region(
                region,
                here.stream()
                        .map(check -> status(check, region))
                        .reduce(Status::worse)
                        .orElse(Status.UNKNOWN),
                here.stream()
                        .map(check -> board.heard(check.getCheckId(), region))
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    /// Of a check in all: its incident's, while it is still measured.
    private Status status(CheckDefinition check) {
        if (check.getRegions().stream().noneMatch(region -> fresh(check, region))) {
            return Status.UNKNOWN;
        }
        var incident = incident(check);
        if (inMaintenance(check)) {
            return Status.UNDER_MAINTENANCE;
        }
        return incident == null ? Status.OPERATIONAL : status(incident);
    }

    /// Of a check in one region.
    private Status status(CheckDefinition check, String region) {
        if (!fresh(check, region)) {
            return Status.UNKNOWN;
        }
        var incident = incident(check);
        var verdict =
                incident == null
                        ? RegionVerdict.PASSING
                        : incident.getRegions().stream()
                                .filter(r -> r.getRegion().equals(region))
                                .map(RegionStatus::getVerdict)
                                .findFirst()
                                .orElse(RegionVerdict.PASSING);
        return switch (verdict) {
            case FAILING -> inMaintenance(check) ? Status.UNDER_MAINTENANCE : Status.MAJOR_OUTAGE;
            case DEGRADED -> Status.DEGRADED_PERFORMANCE;
            // Silent when the incident was last told of, but heard since.
            case PASSING, SILENT, ISOLATED, UNKNOWN -> Status.OPERATIONAL;
        };
    }

    private boolean fresh(CheckDefinition check, String region) {
        var heard = board.heard(check.getCheckId(), region);
        var given = check.getIncident().getStaleAfterMs();
        long staleMs = given != null ? given : Math.max(3 * check.getIntervalMs(), 30_000);
        return !stale && heard != null && Duration.between(heard, brokerNow).toMillis() <= staleMs;
    }

    private @Nullable IncidentEvent incident(CheckDefinition check) {
        return board.incidents().stream()
                .filter(event -> event.getOpen() && check.getCheckId().equals(event.getCheckId()))
                .findFirst()
                .orElse(null);
    }

    private boolean inMaintenance(CheckDefinition check) {
        return board.windows().stream()
                .anyMatch(window ->
                        running(window)
                                && (window.getChecks().contains(check.getCheckId())
                                        || window.getServices().contains(check.getService())
                                        || (window.getChecks().isEmpty()
                                                && window.getServices().isEmpty())));
    }

    private boolean running(MaintenanceWindow window) {
        return !brokerNow.isBefore(window.getStartsAt()) && brokerNow.isBefore(window.getEndsAt());
    }

    private Status status(IncidentEvent event) {
        if (event.getOpen() && event.getFlapping() && failing(event).isEmpty()) {
            return Status.OPERATIONAL; // open until it settles, and passing just now
        }
        return switch (event.getKind()) {
            case DOWN -> Status.MAJOR_OUTAGE;
            case PARTIAL -> Status.PARTIAL_OUTAGE;
            case OUTAGE ->
                    event.getScope() == Scope.GLOBAL ? Status.MAJOR_OUTAGE : Status.PARTIAL_OUTAGE;
            case DEGRADED -> Status.DEGRADED_PERFORMANCE;
            case NO_DATA, REGION_ISOLATED, PIPELINE_STALLED, DELIVERY_FAILING, TEST, UNKNOWN ->
                    Status.UNKNOWN;
        };
    }

    /// Share of good votes among all.
    private @Nullable Double uptime(List<CheckDefinition> checks, Duration back) {
        var ids = checks.stream().map(CheckDefinition::getCheckId).toList();
        var since = now.minus(back);
        long up = 0;
        long votes = 0;
        for (var hour : board.hours()) {
            if (ids.contains(hour.check()) && hour.hour().isAfter(since)) {
                up += hour.up();
                votes += hour.votes();
            }
        }
        return votes == 0 ? null : (double) up / votes;
    }

    private Stream<View.Incident> open() {
        return board.incidents().stream()
                .filter(event -> event.getOpen() && event.getOutageId() == null)
                .sorted(
                        Comparator.comparing(
                                        (IncidentEvent e) -> e.getKind() != IncidentKind.OUTAGE)
                                .thenComparing(IncidentEvent::getStartedAt))
                .map(this::incident);
    }

    private List<View.Incident> recent() {
        return board.incidents().stream()
                .filter(event -> !event.getOpen() && event.getOutageId() == null)
                .filter(event -> event.getAt().isAfter(now.minus(RECENT_DAYS)))
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
        var failing = failing(event);
        return new View.Incident(
                event.getIncidentId(),
                event.getKind() == IncidentKind.OUTAGE
                        ? "Outage of " + String.join(", ", names(services))
                        : event.getName(),
                status(event),
                event.getOpen(),
                event.getOpen() ? null : event.getResolution(),
                event.getSeverity().name().toLowerCase(Locale.ROOT),
                event.getStartedAt(),
                event.getEndedAt(),
                names(services),
                List.copyOf(failing),
                fine(event, failing),
                event.getRecurrence().getIn30Days(),
                event.getSuppressedBy() != null,
                board.events(event.getIncidentId()).reversed().stream()
                        .map(e ->
                                new View.Line(
                                        e.getAt(),
                                        e.getType()
                                                .name()
                                                .toLowerCase(Locale.ROOT)
                                                .replace('_', ' '),
                                        e.getReason()))
                        .toList());
    }

    private List<String> names(List<String> services) {
        return services.stream().map(id -> board.serviceName(id)).toList();
    }

    /// Of an open one those that fail now, of a closed one those that failed in it.
    private SortedSet<String> failing(IncidentEvent newest) {
        var told = newest.getOpen() ? List.of(newest) : board.events(newest.getIncidentId());
        return told.stream()
                .flatMap(event -> event.getRegions().stream())
                .filter(r ->
                        r.getVerdict() == RegionVerdict.FAILING
                                || r.getVerdict() == RegionVerdict.DEGRADED)
                .map(RegionStatus::getRegion)
                .collect(Collectors.toCollection(TreeSet::new));
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
                .filter(window -> window.getEndsAt().isAfter(brokerNow))
                .sorted(Comparator.comparing(MaintenanceWindow::getStartsAt))
                .map(window ->
                        new View.Maintenance(
                                window.getWindowId(),
                                window.getTitle(),
                                window.getStartsAt(),
                                window.getEndsAt(),
                                running(window)))
                .toList();
    }
}
