package dev.tocsin.page.board;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What was told of an incident, as far as it is shown: an outage that goes on for a day may be told of 86,400 times, each time as a whole. Not thread-safe.
public final class Story {
    private static final int AT_MOST = 200;

    /// One event.
    ///
    /// @param byHand whether it answers a command
    /// @param publicText what somebody said of it to the public
    public record Told(
            Instant at,
            IncidentEventType type,
            String name,
            String reason,
            boolean byHand,
            @Nullable String publicText) {}

    private final List<Told> told = new ArrayList<>();
    private final NavigableSet<String> failed = new TreeSet<>();
    private boolean open;
    private boolean outage;

    Story() {}

    void tell(IncidentEvent event) {
        open = event.getOpen();
        outage = event.getKind() == IncidentKind.OUTAGE;
        failing(event).forEach(failed::add);
        told.add(
                new Told(
                        event.getAt(),
                        event.getType(),
                        event.getName(),
                        event.getReason(),
                        event.getCommandId() != null,
                        event.getPublicText()));
        if (told.size() > AT_MOST) {
            told.remove(least());
        }
    }

    /// After how it began, the first that says nothing to the public.
    private int least() {
        for (int i = 1; i < AT_MOST; i++) {
            if (told.get(i).publicText == null) {
                return i;
            }
        }
        return 1;
    }

    /// Regions that fail, as an event has it.
    public static Stream<String> failing(IncidentEvent event) {
        return event.getRegions().stream()
                .filter(r ->
                        r.getVerdict() == RegionVerdict.FAILING
                                || r.getVerdict() == RegionVerdict.DEGRADED)
                .map(RegionStatus::getRegion);
    }

    /// Oldest first.
    List<Told> told() {
        return Collections.unmodifiableList(told);
    }

    /// Regions that failed at any time.
    NavigableSet<String> failed() {
        return Collections.unmodifiableNavigableSet(failed);
    }

    /// What is over goes first, and an outage, or what people said to the public, last; what was over before the history begins before all.
    int worth(Instant edge) {
        if (!open && told.getLast().at().isBefore(edge)) {
            return 0;
        }
        return 1
                + (open ? 4 : 0)
                + (outage ? 2 : 0)
                + (told.stream().anyMatch(one -> one.publicText != null) ? 1 : 0);
    }
}
