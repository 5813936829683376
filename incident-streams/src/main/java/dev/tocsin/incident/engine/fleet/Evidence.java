package dev.tocsin.incident.engine.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the checks of one partition say of the agents, as far as it has changed.
///
/// @param checks how many there are in the partition
/// @param regions those of which something has changed
/// @param whole if it is all that the partition knows of some names, and not only what has changed
public record Evidence(int checks, Map<String, Of> regions, @Nullable Names whole) {
    public Evidence {
        regions = new TreeMap<>(regions);
    }

    public Evidence(int checks, Map<String, Of> regions) {
        this(checks, regions, null);
    }

    /// The names after the one and up to the other, both of which may be open.
    public record Names(@Nullable String after, @Nullable String upTo) {
        public static final Names ALL = new Names(null, null);

        boolean has(String name) {
            return (after == null || name.compareTo(after) > 0)
                    && (upTo == null || name.compareTo(upTo) <= 0);
        }
    }

    /// Of one region.
    ///
    /// @param witnessed checks that other regions measure, too
    /// @param failingAlone those of them that fail there while all others that are heard see them up
    /// @param failingSince the first failure of those, or null
    /// @param targets up to [FleetEngine#UNRELATED] different hosts of those, or what stands for their names
    /// @param heard whether anything has ever come from there
    /// @param silence null where what was measured there comes in time
    /// @param patience how long nothing may come before it is silent: three intervals of its most frequent check, 30 s at least
    public record Of(
            int witnessed,
            int failingAlone,
            @Nullable Instant failingSince,
            Set<String> targets,
            boolean heard,
            @Nullable Silence silence,
            Duration patience) {
        public Of {
            targets = new TreeSet<>(targets);
        }

        Of everHeard(boolean before) {
            return before && !heard
                    ? new Of(
                            witnessed, failingAlone, failingSince, targets, true, silence, patience)
                    : this;
        }
    }

    /// That nothing measured comes from a region.
    ///
    /// @param since when; null while it is pending
    public record Silence(Kind kind, @Nullable Instant since) {
        public enum Kind {
            /// It had no chance yet to be heard.
            PENDING,
            /// Nothing comes.
            QUIET,
            /// What comes says that nothing could be measured (ERROR, MISSED).
            MUTE
        }

        public static final Silence PENDING = new Silence(Kind.PENDING, null);

        public static Silence quiet(Instant since) {
            return new Silence(Kind.QUIET, since);
        }

        public static Silence mute(Instant since) {
            return new Silence(Kind.MUTE, since);
        }

        boolean pending() {
            return kind == Kind.PENDING;
        }
    }

    /// Whether time alone may change what follows from it: a region is silent.
    public static boolean silent(@Nullable Of of) {
        return of != null && of.silence() != null && !of.silence().pending();
    }
}
