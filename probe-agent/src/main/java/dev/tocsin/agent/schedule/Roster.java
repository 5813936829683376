package dev.tocsin.agent.schedule;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The agents of a region as their heartbeats tell, and who of them runs checks now.
///
/// Who is alive is told by the broker's stamps alone: heard within three heartbeats of the newest of all. No agent's clock has a say in it,
/// and where nothing is read nothing changes. This agent itself is always alive. One that joins runs checks once it has seen its own
/// heartbeat; the others leave its share to it a moment later, so that a slot in between is run twice and not by nobody. One thread.
final class Roster {
    /// Three heartbeats.
    static final Duration ALIVE_FOR = Duration.ofSeconds(30);

    /// In which all others will have seen a heartbeat, too.
    static final Duration GRACE = Duration.ofSeconds(2);

    /// @param joinedNanos when that was seen here; null for what was so when this agent began to look
    private record Member(long lastMs, boolean left, @Nullable Long joinedNanos) {}

    private final String self;
    private final String region;
    private final Map<String, Member> members = new HashMap<>();
    private long newestMs = Long.MIN_VALUE;
    private long newestSeenNanos;
    private boolean joined;

    /// @param nowNanos monotonic, as all others
    Roster(String self, String region, long nowNanos) {
        this.self = self;
        this.region = region;
        newestSeenNanos = nowNanos;
    }

    /// A heartbeat was read.
    ///
    /// @param in the region of the agent; null when its entry was taken back
    /// @param leaving it was its last
    /// @param appendedMs the broker's stamp
    /// @param seenNanos now, monotonic; null while this agent reads what was there before it
    void heard(
            String agent,
            @Nullable String in,
            boolean leaving,
            long appendedMs,
            @Nullable Long seenNanos) {
        if (appendedMs > newestMs) {
            newestMs = appendedMs;
            newestSeenNanos = seenNanos == null ? newestSeenNanos : seenNanos;
        }
        if (in == null || !in.equals(region)) {
            members.remove(agent); // stands elsewhere
            return;
        }
        var before = members.get(agent);
        boolean stays =
                before != null
                        && !before.left()
                        && appendedMs - before.lastMs() <= ALIVE_FOR.toMillis();
        long lastMs = before == null ? appendedMs : Math.max(before.lastMs(), appendedMs);
        members.put(
                agent,
                new Member(
                        lastMs,
                        leaving,
                        stays && before != null ? before.joinedNanos() : seenNanos));
    }

    /// Who runs what now.
    Assignment at(long nowNanos) {
        var running = new TreeSet<String>();
        members.forEach((agent, member) -> {
            boolean own = agent.equals(self);
            if (alive(member) && (own || settled(member, nowNanos))) {
                running.add(agent);
            }
        });
        joined |= running.contains(self);
        if (joined) {
            running.add(self);
            return new Assignment(self, running);
        }
        // The others run everything, if there are any: of those of long ago nothing new would be
        // read.
        boolean others = nowNanos - newestSeenNanos <= ALIVE_FOR.toNanos();
        return running.isEmpty() || !others
                ? Assignment.alone(self)
                : new Assignment(self, running);
    }

    private boolean alive(Member member) {
        return !member.left() && newestMs - member.lastMs() <= ALIVE_FOR.toMillis();
    }

    private static boolean settled(Member member, long nowNanos) {
        return member.joinedNanos() == null || nowNanos - member.joinedNanos() >= GRACE.toNanos();
    }
}
