package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Said;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// What was told of one conversation, and what is so.
final class Talk {
    final String id;

    /// The newest that was told to the notifier, corrections of the past left out; null before.
    @Nullable IncidentEvent newest;

    final Map<String, Integer> order = new HashMap<>();
    final Set<String> owed = new HashSet<>();

    /// This time that it is open.
    boolean concerned;

    /// An outage whose events come to the target, of which perhaps only parts concern it.
    boolean known;

    /// Whether it, or a part of it, ever concerned the target while nothing hid it.
    boolean shown;

    @Nullable Said word;
    String wordId = "";
    String wordEvent = "";

    /// Whether the target may have heard what it did not take, since the last word.
    boolean unsure;

    @Nullable Instant falseSince;

    /// Since when it could be told if it were known what it is part of; null while it could not.
    @Nullable Instant asked;

    @Nullable Instant mentionedAt;
    Message.@Nullable One tried;
    int failures;
    boolean givenUp;
    Instant excused = Instant.MIN;
    final Set<String> notes = new LinkedHashSet<>();
    final Set<String> notesHeard = new HashSet<>();

    Talk(String id) {
        this.id = id;
    }

    /// Whether the last word is not so now.
    ///
    /// @param openParts how many incidents of an outage are open that concern the target
    boolean lies(IntSupplier openParts) {
        var is = newest;
        var said = word;
        if (is == null) {
            return false;
        }
        if (isOutage(is)) {
            int parts = concerned ? is.getChildrenOpen() : openParts.getAsInt();
            boolean open = is.getOpen() && (concerned || parts > 0);
            return open
                    ? said == null
                            || !said.open()
                            || said.severity() != is.getSeverity()
                            || said.openParts() != parts
                    : said != null && said.open();
        }
        if (!is.getOpen()) {
            return said != null && said.open();
        }
        if (!concerned || is.getSuppressedBy() != null || is.getOutageId() != null) {
            return false;
        }
        var failing = failing(is);
        if (said == null || !said.open()) {
            // One that settles, and fails nowhere, nobody need hear of.
            boolean settles =
                    is.getFlapping()
                            && failing.isEmpty()
                            && (is.getKind() == IncidentKind.DOWN
                                    || is.getKind() == IncidentKind.PARTIAL);
            return !settles;
        }
        if (said.flapping() != is.getFlapping()) {
            return true;
        }
        return !is.getFlapping()
                && (said.severity() != is.getSeverity()
                        || said.kind() != is.getKind()
                        || said.suppressedBy() != null
                        || !Objects.equals(said.acknowledgedBy(), is.getAcknowledgedBy())
                        || !said.failing().equals(failing));
    }

    private static List<String> failing(IncidentEvent event) {
        return event.getRegions().stream()
                .filter(region -> region.getVerdict() == RegionVerdict.FAILING)
                .map(RegionStatus::getRegion)
                .sorted()
                .toList();
    }

    static boolean isOutage(IncidentEvent event) {
        return event.getKind() == IncidentKind.OUTAGE;
    }
}
