package dev.tocsin.incident.engine.fleet;

import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is wrong with a region, or with the pipeline.
///
/// @param atOnce it is told, and not only when it lasts
record Trouble(Instant since, boolean atOnce, String reason) {
    /// Whether anything is cannot be said yet: what is open stays so, and nothing is opened.
    static final Trouble UNKNOWN = new Trouble(Instant.EPOCH, false, "");

    /// A region of which so much less is heard has no say in whether anything is: its daily check would hide a stall for three days.
    private static final int SELDOM = 10;

    private static final int NAMES = 10;
    private static final int CANARIES = 3;

    private static final String MUTE =
            "its agents report only errors of their own: nothing is measured there";

    /// Of the pipeline: nothing is measured anywhere (rule 2).
    static @Nullable Trouble ofAll(Map<String, RegionView> regions, Instant now) {
        var shortest = regions.values().stream().map(RegionView::patience).min(Duration::compareTo);
        if (shortest.isEmpty()) {
            return null;
        }
        var most = shortest.get().multipliedBy(SELDOM);
        var asked =
                regions.values().stream().filter(of -> of.patience().compareTo(most) <= 0).toList();
        if (asked.stream().anyMatch(of -> of.silence() == null)) {
            return null;
        }
        if (asked.stream().anyMatch(RegionView::isPending)) {
            return UNKNOWN;
        }
        var silences = asked.stream().map(of -> Objects.requireNonNull(of.silence())).toList();
        boolean mute = silences.stream().anyMatch(silence -> silence.kind() == Silence.Kind.MUTE);
        return new Trouble(
                silences.stream()
                        .map(Silence::since)
                        .filter(Objects::nonNull)
                        .max(Instant::compareTo)
                        .orElse(now),
                false,
                (mute ? "nothing but errors of the agents' own" : "nothing")
                        + " is heard from any of "
                        + some(regions.keySet())
                        + ": nothing is measured");
    }

    /// Of a region.
    ///
    /// @param agents those that stand there
    /// @param nothing of the pipeline: where nothing is heard at all, that is told instead
    /// @param open whether something is told of it already
    static @Nullable Trouble of(
            RegionView region,
            List<Agent> agents,
            @Nullable Trouble nothing,
            boolean open,
            Instant now) {
        var saying = agents.stream().filter(agent -> agent.counts(now)).toList();
        if (!saying.isEmpty() && saying.stream().allMatch(agent -> agent.offline() != null)) {
            return new Trouble(now, true, "its own canaries fail: " + canaries(saying));
        }
        // Once isolated it stays so until most of that is over, or it would come and go with the
        // last check.
        int enough = Math.max(FleetEngine.UNRELATED, Math.ceilDiv(region.witnessed(), 2));
        if (region.failingAlone() >= (open ? Math.max(2, enough / 2) : enough)
                && (open || region.targets().size() >= FleetEngine.UNRELATED)) {
            return new Trouble(
                    region.failingSince() == null ? now : region.failingSince(),
                    true,
                    "%d of %d checks fail there alone, all other regions see them up"
                            .formatted(region.failingAlone(), region.witnessed()));
        }
        var silence = region.silence();
        if (silence == null) {
            return null;
        }
        if (silence.pending()) {
            return open ? UNKNOWN : null;
        }
        // What was never heard was never there.
        boolean told = open || (region.heard() && nothing == null);
        return told
                ? new Trouble(
                        silence.since() == null ? now : silence.since(),
                        false,
                        silence.kind() == Silence.Kind.MUTE ? MUTE : "nothing is heard from there")
                : null;
    }

    private static String canaries(List<Agent> agents) {
        var words = agents.stream().map(Agent::offline).distinct().toList();
        return words.stream().limit(CANARIES).collect(Collectors.joining("; "))
                + (words.size() > CANARIES
                        ? "; and %d more".formatted(words.size() - CANARIES)
                        : "");
    }

    private static String some(Collection<String> names) {
        return names.stream().limit(NAMES).collect(Collectors.joining(", "))
                + (names.size() > NAMES ? " and %d more".formatted(names.size() - NAMES) : "");
    }
}
