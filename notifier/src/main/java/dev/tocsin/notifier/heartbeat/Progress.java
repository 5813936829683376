package dev.tocsin.notifier.heartbeat;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How far a topic was written and read at one time. `incident-streams` writes a tick a second to each partition of `check-results`, and so both go on where
/// all is well.
///
/// @param ends of each partition
/// @param read up to where its readers have committed that they read it
record Progress(Map<Integer, Long> ends, Map<Integer, Long> read) {
    Progress {
        ends = Map.copyOf(ends);
        read = Map.copyOf(read);
    }

    /// Why the way through it does not work; null when it does.
    ///
    /// @param before what was seen a while ago
    @Nullable String trouble(Progress before) {
        for (var entry : ends.entrySet()) {
            int partition = entry.getKey();
            var endedAt = before.ends.get(partition);
            if (endedAt == null) {
                continue; // it is new
            }
            if (entry.getValue() <= endedAt) {
                return "nothing is written to partition " + partition + " of the results";
            }
            var readTo = read.get(partition);
            if (readTo == null || readTo < endedAt) {
                return "partition " + partition + " of the results is not read";
            }
        }
        return null;
    }
}
