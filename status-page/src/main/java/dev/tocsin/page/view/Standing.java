package dev.tocsin.page.view;

import dev.tocsin.page.board.Board;
import dev.tocsin.page.board.Story;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a [Board] makes of each check, service and incident at one time: the one place where their words come from. What was not heard lately is unknown, never fine.
final class Standing {
    private static final String REGION = "region:";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Set<Status> NO_WORD_OF_AN_OUTAGE =
            Set.of(Status.OPERATIONAL, Status.UNKNOWN);

    private final Board board;
    private final Instant now;
    private final Instant brokerNow;

    /// Regions that are cut off: what is measured there says nothing.
    private final Set<String> isolated;

    /// By check, those that are open.
    private final Map<String, IncidentEvent> open;

    /// By incident, what was decided of each region.
    private final Map<String, Map<String, RegionVerdict>> verdicts = new HashMap<>();

    /// By outage, those that are or were part of it.
    private final Map<String, List<IncidentEvent>> parts;

    /// By service.
    private final NavigableMap<String, List<CheckDefinition>> services;

    private final Map<String, Status> words = new HashMap<>();

    /// @param now by this machine's steady clock
    Standing(Board board, Instant now) {
        this.board = board;
        this.now = now;
        brokerNow = board.freshness().brokerTime(now);
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
                        .filter(event -> event.getOpen() && isOfACheck(event))
                        .collect(
                                Collectors.toMap(
                                        IncidentEvent::getCheckId,
                                        Function.identity(),
                                        Standing::newer));
        parts =
                board.incidents().stream()
                        .filter(event -> event.getOutageId() != null && isOfACheck(event))
                        .collect(Collectors.groupingBy(IncidentEvent::getOutageId));
        services =
                board.checks().stream()
                        .collect(
                                Collectors.groupingBy(
                                        CheckDefinition::getService,
                                        TreeMap::new,
                                        Collectors.toList()));
    }

    /// No outage is part of one, whatever a record says.
    private static boolean isOfACheck(IncidentEvent event) {
        return event.getCheckId() != null && event.getKind() != IncidentKind.OUTAGE;
    }

    private static IncidentEvent newer(IncidentEvent a, IncidentEvent b) {
        return b.getAt().isAfter(a.getAt()) ? b : a;
    }

    /// By the broker's clock.
    Instant brokerNow() {
        return brokerNow;
    }

    /// Nobody decides anywhere.
    boolean stale() {
        return !board.whole() || board.freshness().stale(now);
    }

    /// By service.
    NavigableMap<String, List<CheckDefinition>> services() {
        return services;
    }

    /// Those that are or were part of an outage.
    List<IncidentEvent> parts(IncidentEvent outage) {
        return parts.getOrDefault(outage.getIncidentId(), List.of());
    }

    /// The open one of a check.
    @Nullable IncidentEvent incident(CheckDefinition check) {
        return open.get(check.getCheckId());
    }

    Status ofService(String service) {
        return words.computeIfAbsent(
                service,
                id ->
                        Status.ofAll(
                                services.getOrDefault(id, List.of()).stream()
                                        .map(this::of)
                                        .toList()));
    }

    /// Of a check in all: its incident's, while it is still measured. It is fine where all its regions say so.
    Status of(CheckDefinition check) {
        if (!decided(check)
                || check.getRegions().stream().noneMatch(region -> heard(check, region))) {
            return Status.UNKNOWN;
        }
        var incident = incident(check);
        var status = incident == null ? Status.OPERATIONAL : of(incident);
        return status == Status.OPERATIONAL
                        && !check.getRegions().stream().allMatch(region -> works(check, region))
                ? Status.UNKNOWN
                : status;
    }

    /// Of a check in one region.
    Status of(CheckDefinition check, String region) {
        if (!decided(check) || !heard(check, region)) {
            return Status.UNKNOWN;
        }
        var incident = incident(check);
        var verdict =
                incident == null
                        ? RegionVerdict.PASSING
                        : verdicts(incident).getOrDefault(region, RegionVerdict.PASSING);
        return switch (verdict) {
            case FAILING ->
                    inMaintenance(incident) ? Status.UNDER_MAINTENANCE : Status.MAJOR_OUTAGE;
            case DEGRADED -> Status.DEGRADED_PERFORMANCE;
            // Silent when the incident was last told of, but heard since.
            case PASSING, SILENT, ISOLATED, UNKNOWN ->
                    works(check, region) ? Status.OPERATIONAL : Status.UNKNOWN;
        };
    }

    private Map<String, RegionVerdict> verdicts(IncidentEvent incident) {
        return verdicts.computeIfAbsent(
                incident.getIncidentId(),
                _ ->
                        incident.getRegions().stream()
                                .collect(
                                        Collectors.toMap(
                                                RegionStatus::getRegion,
                                                RegionStatus::getVerdict,
                                                (first, _) -> first)));
    }

    /// Why a service is not known to be fine.
    String missing(List<CheckDefinition> checks) {
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
        return regions.isEmpty() ? "" : words + Named.some(regions);
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

    /// As it was decided: by region, labels and the times of a window that comes again.
    static boolean inMaintenance(@Nullable IncidentEvent incident) {
        return incident != null
                && incident.getSuppressedBy() != null
                && incident.getSuppressedBy().startsWith("maintenance:");
    }

    Status of(IncidentEvent event) {
        if (event.getOpen() && event.getFlapping() && failing(event).isEmpty()) {
            return Status.OPERATIONAL; // open until it settles, and passing just now
        }
        if (event.getOpen() && inMaintenance(event)) {
            return Status.UNDER_MAINTENANCE;
        }
        return switch (event.getKind()) {
            case PARTIAL -> Status.PARTIAL_OUTAGE;
            case DOWN -> where(event);
            case OUTAGE -> outage(event);
            case DEGRADED -> Status.DEGRADED_PERFORMANCE;
            case NO_DATA, REGION_ISOLATED, PIPELINE_STALLED, DELIVERY_FAILING, TEST, UNKNOWN ->
                    Status.UNKNOWN;
        };
    }

    private static Status where(IncidentEvent event) {
        return event.getScope() == Scope.GLOBAL ? Status.MAJOR_OUTAGE : Status.PARTIAL_OUTAGE;
    }

    /// What the worst of its services is called, or was: of a service of which some works the outage is partial, wherever the rest fails.
    private Status outage(IncidentEvent event) {
        var concerned =
                parts(event).stream()
                        .filter(part -> part.getOpen() || !event.getOpen())
                        .filter(part -> part.getService() != null)
                        .collect(Collectors.groupingBy(IncidentEvent::getService));
        return concerned.entrySet().stream()
                .map(one ->
                        event.getOpen()
                                ? ofService(one.getKey())
                                : past(event, one.getKey(), one.getValue()))
                .filter(status -> !NO_WORD_OF_AN_OUTAGE.contains(status))
                .max(Comparator.naturalOrder())
                .orElse(where(event));
    }

    /// Of a service in an outage that is over; a check that was measured then, and is no part of it, worked.
    private Status past(IncidentEvent outage, String service, List<IncidentEvent> parts) {
        var failed = parts.stream().map(IncidentEvent::getCheckId).collect(Collectors.toSet());
        var ended = outage.getEndedAt() == null ? outage.getAt() : outage.getEndedAt();
        var others =
                services.getOrDefault(service, List.of()).stream()
                        .map(CheckDefinition::getCheckId)
                        .filter(check -> !failed.contains(check))
                        .filter(check ->
                                board.votes(check, outage.getStartedAt().minus(HOUR), ended).up()
                                        > 0)
                        .limit(1)
                        .map(_ -> Status.OPERATIONAL);
        return Status.ofAll(Stream.concat(parts.stream().map(this::of), others).toList());
    }

    /// Of an open one those that fail now, of a closed one those that failed in it.
    NavigableSet<String> failing(IncidentEvent newest) {
        return newest.getOpen()
                ? Story.failing(newest).collect(Collectors.toCollection(TreeSet::new))
                : board.failed(newest.getIncidentId());
    }
}
