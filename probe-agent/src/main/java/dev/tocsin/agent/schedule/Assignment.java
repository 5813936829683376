package dev.tocsin.agent.schedule;

import java.util.Set;
import java.util.TreeSet;

/// Which of its region's agents runs which check: the one with the highest hash of agent and check (rendezvous). Who joins takes its
/// share from all others and who leaves gives it to all others; nothing else moves. Pure, and the same for whoever computes it.
///
/// @param self this agent
/// @param running ids of the agents of the region that run checks; without this one, it runs none
public record Assignment(String self, Set<String> running) {
    public Assignment {
        running = java.util.Collections.unmodifiableSet(new TreeSet<>(running));
    }

    /// Of an agent that knows of no other.
    public static Assignment alone(String self) {
        return new Assignment(self, Set.of(self));
    }

    /// Whether this agent runs the check.
    public boolean mine(String check) {
        if (!running.contains(self)) {
            return false;
        }
        long own = weight(self, check);
        for (var other : running) {
            long weight = weight(other, check);
            if (weight > own || (weight == own && other.compareTo(self) > 0)) {
                return false;
            }
        }
        return true;
    }

    /// FNV-1a over both, then the last mix of MurmurHash3: agents' names that differ in one digit weigh as differently as any.
    private static long weight(String agent, String check) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < agent.length(); i++) {
            hash = (hash ^ agent.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ 0x1ffff) * 0x100000001b3L; // no character: "a" and "bc" is not "ab" and "c"
        for (int i = 0; i < check.length(); i++) {
            hash = (hash ^ check.charAt(i)) * 0x100000001b3L;
        }
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        hash *= 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
