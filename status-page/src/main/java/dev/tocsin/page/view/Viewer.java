package dev.tocsin.page.view;

import dev.tocsin.page.board.Board;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Occurrences;
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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Looks at a [Board] at one time. Only measurements are shown: what was not heard lately is unknown, never fine.
public final class Viewer {
    private static final String REGION = "region:";
    private static final int RECENT = 20;
    private static final Duration RECENT_DAYS = Duration.ofDays(30);

    private final String title;
    private final Board board;
    private final Instant now;
    private final Instant brokerNow;
    private final boolean stale;

    /// Regions that are cut off: what is measured there says nothing.
    private final Set<String> isolated;

    /// By check, those that are open.
    private final Map<String, IncidentEvent> open;

    /// By outage, those that are or were part of it.
    private final Map<String, List<IncidentEvent>> parts;

    private final Map<String, Votes> today;
    private final Map<String, Votes> lately;

    private record Votes(long up, long votes) {
        static final Votes NONE = new Votes(0, 0);

        Votes plus(@Nullable Votes other) {
            return other == null ? this : new Votes(up + other.up, votes + other.votes);
        }
    }

    private Viewer(String title, Board board, Instant now) {
        this.title = title;
        this.board = board;
        this.now = now;
        brokerNow = board.freshness().brokerTime(now);
        stale = !board.whole() || board.freshness().stale(now);
        isolated =
                board.incidents().stream()
                        .filter(event ->
                                event.getOpen()
                                        && event.getKind() == IncidentKind.REGION_ISOLATED
                                        && event.getKey().startsWith(REGION))
                        .map(event -> event.getKey().substring(REGION.length()))
                        .collect(Collectors.toSet());
        open =
                board.incidents().stream()
                        .filter(event -> event.getOpen() && event.getCheckId() != null)
                        .collect(
                                Collectors.toMap(
                                        IncidentEvent::getCheckId,
                                        Function.identity(),
                                        Viewer::newer));
        parts =
                board.incidents().stream()
                        .filter(event -> event.getOutageId() != null)
                        .collect(Collectors.groupingBy(IncidentEvent::getOutageId));
        today = votes(Duration.ofHours(24));
        lately = votes(RECENT_DAYS);
    }

    private static IncidentEvent newer(IncidentEvent a, IncidentEvent b) {
        return b.getAt().isAfter(a.getAt()) ? b : a;
    }

    /// @param now by this machine's steady clock
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
                brokerNow,
                last.orElse(null),
                last.map(at -> Math.max(0, Duration.between(at, brokerNow).toSeconds())).orElse(0L),
                board.freshness().decided().orElse(null),
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
        var status = Status.ofAll(checks.stream().map(this::status).toList());
        return new View.Service(
                id,
                board.serviceName(id),
                status,
                status == Status.UNKNOWN ? missing(checks) : null,
                open.stream().map(Viewer::failingSince).min(Comparator.naturalOrder()).orElse(null),
                regions.stream().map(region -> region(region, checks)).toList(),
                checks.stream()
                        .map(check ->
                                new View.Check(check.getCheckId(), check.getName(), status(check)))
                        .toList(),
                uptime(checks, today),
                uptime(checks, lately));
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

    /// Of a check in all: its incident's, while it is still measured. It is fine where all its regions say so.
    private Status status(CheckDefinition check) {
        if (!decided(check)
                || check.getRegions().stream().noneMatch(region -> heard(check, region))) {
            return Status.UNKNOWN;
        }
        var incident = incident(check);
        var status = incident == null ? Status.OPERATIONAL : status(incident);
        return status == Status.OPERATIONAL
                        && !check.getRegions().stream().allMatch(region -> works(check, region))
                ? Status.UNKNOWN
                : status;
    }

    /// Of a check in one region.
    private Status status(CheckDefinition check, String region) {
        if (!decided(check) || !heard(check, region)) {
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
            case FAILING ->
                    inMaintenance(incident) ? Status.UNDER_MAINTENANCE : Status.MAJOR_OUTAGE;
            case DEGRADED -> Status.DEGRADED_PERFORMANCE;
            // Silent when the incident was last told of, but heard since.
            case PASSING, SILENT, ISOLATED, UNKNOWN ->
                    works(check, region) ? Status.OPERATIONAL : Status.UNKNOWN;
        };
    }

    /// Why a service is not known to be fine.
    private String missing(List<CheckDefinition> checks) {
        if (!board.whole()) {
            return "not all that is kept is read yet";
        }
        if (checks.stream().noneMatch(this::decided)) {
            return "nobody decides on what is measured";
        }
        var silent = new TreeSet<String>();
        var failing = new TreeSet<String>();
        for (var check : checks) {
            for (var region : check.getRegions()) {
                if (!heard(check, region)) {
                    silent.add(region);
                } else if (!works(check, region)) {
                    failing.add(region);
                }
            }
        }
        return Stream.of(
                        names("not measured in ", silent),
                        names("failing and not yet judged in ", failing),
                        checks.stream().allMatch(this::decided)
                                ? ""
                                : "nobody decides on some of it")
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private static String names(String words, Set<String> regions) {
        return regions.isEmpty() ? "" : words + String.join(", ", regions);
    }

    private boolean decided(CheckDefinition check) {
        return board.decided(check.getCheckId(), now);
    }

    /// Whether it was measured lately in a region that is not cut off.
    private boolean heard(CheckDefinition check, String region) {
        return !isolated.contains(region) && fresh(check, board.heard(check.getCheckId(), region));
    }

    private boolean works(CheckDefinition check, String region) {
        return !isolated.contains(region) && fresh(check, board.worked(check.getCheckId(), region));
    }

    private boolean fresh(CheckDefinition check, @Nullable Instant at) {
        var given = check.getIncident().getStaleAfterMs();
        long staleMs = given != null ? given : Math.max(3 * check.getIntervalMs(), 30_000);
        return at != null && Duration.between(at, brokerNow).toMillis() <= staleMs;
    }

    private @Nullable IncidentEvent incident(CheckDefinition check) {
        return open.get(check.getCheckId());
    }

    /// As it was decided: by region, labels and the times of a window that comes again.
    private static boolean inMaintenance(@Nullable IncidentEvent incident) {
        return incident != null
                && incident.getSuppressedBy() != null
                && incident.getSuppressedBy().startsWith("maintenance:");
    }

    private Status status(IncidentEvent event) {
        if (event.getOpen() && event.getFlapping() && failing(event).isEmpty()) {
            return Status.OPERATIONAL; // open until it settles, and passing just now
        }
        if (event.getOpen() && inMaintenance(event)) {
            return Status.UNDER_MAINTENANCE;
        }
        return switch (event.getKind()) {
            case PARTIAL -> Status.PARTIAL_OUTAGE;
            case DOWN, OUTAGE ->
                    event.getScope() == Scope.GLOBAL ? Status.MAJOR_OUTAGE : Status.PARTIAL_OUTAGE;
            case DEGRADED -> Status.DEGRADED_PERFORMANCE;
            case NO_DATA, REGION_ISOLATED, PIPELINE_STALLED, DELIVERY_FAILING, TEST, UNKNOWN ->
                    Status.UNKNOWN;
        };
    }

    /// Share of good votes among all.
    private static @Nullable Double uptime(List<CheckDefinition> checks, Map<String, Votes> votes) {
        var all =
                checks.stream()
                        .map(check -> votes.get(check.getCheckId()))
                        .reduce(Votes.NONE, Votes::plus);
        return all.votes == 0 ? null : (double) all.up / all.votes;
    }

    /// By check.
    private Map<String, Votes> votes(Duration back) {
        var since = brokerNow.minus(back);
        return board.hours().stream()
                .filter(hour -> hour.hour().isAfter(since))
                .collect(
                        Collectors.toMap(
                                Board.Hour::check,
                                hour -> new Votes(hour.up(), hour.votes()),
                                Votes::plus));
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
                .filter(event -> event.getAt().isAfter(brokerNow.minus(RECENT_DAYS)))
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
                failingSince(event),
                event.getEndedAt(),
                event.getFailingMs(),
                names(services),
                List.copyOf(failing),
                fine(event, failing),
                event.getRecurrence().getIn30Days(),
                inMaintenance(event),
                lines(event));
    }

    private static Instant failingSince(IncidentEvent event) {
        var since = event.getFailingSince();
        return since == null ? event.getStartedAt() : since;
    }

    /// Newest first; of an outage also what is said to the public of its parts.
    private List<View.Line> lines(IncidentEvent event) {
        var own =
                board.events(event.getIncidentId()).stream()
                        .filter(Viewer::concernsThePublic)
                        .map(e -> line(e, ""));
        var ofParts =
                parts.getOrDefault(event.getIncidentId(), List.of()).stream()
                        .flatMap(part -> board.events(part.getIncidentId()).stream())
                        .filter(e -> e.getPublicText() != null)
                        .map(e -> line(e, e.getName() + ": "));
        // Of what was told at the same time the order in which it was told.
        return Stream.concat(own, ofParts)
                .sorted(Comparator.comparing(View.Line::at))
                .toList()
                .reversed();
    }

    private static View.Line line(IncidentEvent event, String of) {
        if (event.getPublicText() != null) {
            return new View.Line(event.getAt(), "note", of + event.getPublicText());
        }
        return new View.Line(
                event.getAt(),
                event.getType().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                event.getCommandId() == null ? event.getReason() : "by hand");
    }

    /// What people do about it, and whom the alerts tell, they say to one another; to the public what they say is for it.
    private static boolean concernsThePublic(IncidentEvent event) {
        return switch (event.getType()) {
            case ANNOTATED -> event.getPublicText() != null;
            case ACKNOWLEDGED, UNACKNOWLEDGED, SNOOZED, SUPPRESSED, UNSUPPRESSED -> false;
            case OPENED, UPDATED, REOPENED, CLOSED, FLAPPING_STARTED, FLAPPING_STOPPED, UNKNOWN ->
                    true;
        };
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
                .map(this::maintenance)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(View.Maintenance::startsAt))
                .toList();
    }

    /// The time that goes on, or the next; null when all are over.
    private View.@Nullable Maintenance maintenance(MaintenanceWindow window) {
        var times = Occurrences.of(window);
        var next = times.endingAfter(brokerNow);
        return next == null
                ? null
                : new View.Maintenance(
                        window.getWindowId(),
                        window.getTitle(),
                        next.startsAt(),
                        next.endsAt(),
                        times.zone().getId(),
                        times.endingAfter(next.endsAt()) != null,
                        next.covers(brokerNow));
    }
}
