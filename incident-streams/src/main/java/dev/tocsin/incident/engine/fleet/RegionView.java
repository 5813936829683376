package dev.tocsin.incident.engine.fleet;

import dev.tocsin.incident.engine.fleet.Evidence.Silence;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A region as all partitions see it together. Counts add up; of its silence those have a say that hear of it often.
///
/// @param silence null where it is heard; [Silence#PENDING] where that is not known yet
/// @param patience the shortest of all partitions'
record RegionView(
        int witnessed,
        int failingAlone,
        @Nullable Instant failingSince,
        Set<String> targets,
        boolean heard,
        @Nullable Silence silence,
        Duration patience) {
    /// A partition that hears of a region more seldom than this times as often as another one does says nothing of its silence:
    /// one check that runs once an hour would keep it from being silent for three.
    private static final int SELDOM = 2;

    static RegionView of(Collection<Evidence.Of> partitions) {
        var patience =
                partitions.stream()
                        .map(Evidence.Of::patience)
                        .min(Duration::compareTo)
                        .orElseThrow();
        var most = patience.multipliedBy(SELDOM);
        var targets = new TreeSet<String>();
        partitions.forEach(of -> targets.addAll(of.targets()));
        return new RegionView(
                partitions.stream().mapToInt(Evidence.Of::witnessed).sum(),
                partitions.stream().mapToInt(Evidence.Of::failingAlone).sum(),
                partitions.stream()
                        .flatMap(of -> java.util.stream.Stream.ofNullable(of.failingSince()))
                        .min(Instant::compareTo)
                        .orElse(null),
                targets,
                partitions.stream().anyMatch(Evidence.Of::heard),
                silence(
                        partitions.stream()
                                .filter(of -> of.patience().compareTo(most) <= 0)
                                .toList()),
                patience);
    }

    /// Silent since the last of them is; where one hears what measures nothing, that is the word for all.
    private static @Nullable Silence silence(List<Evidence.Of> partitions) {
        Silence all = null;
        boolean pending = false;
        for (var of : partitions) {
            var silence = of.silence();
            if (silence == null) {
                return null;
            }
            pending |= silence.pending();
            all = all == null ? silence : later(all, silence);
        }
        return pending ? Silence.PENDING : all;
    }

    private static Silence later(Silence one, Silence other) {
        var since =
                one.since() == null || (other.since() != null && other.since().isAfter(one.since()))
                        ? other.since()
                        : one.since();
        return new Silence(one.kind() == Silence.Kind.MUTE ? one.kind() : other.kind(), since);
    }

    boolean isPending() {
        return silence != null && silence.pending();
    }

    boolean isSilent() {
        return silence != null && !silence.pending();
    }
}
