package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32;

/// When a check runs: on slots of its interval, shifted by a phase that depends only on check and region, so that checks
/// are spread and a restart keeps their times; and sooner, at the retry interval, while its verdict is in the balance.
/// Pure but for its own counters; one thread.
public final class Pace {
    private final long intervalMs;
    private final long phaseMs;
    private final Duration retry;
    private final int failureThreshold;
    private final int successThreshold;
    private int failuresInARow;
    private int passesInARow;
    private boolean failing;

    public Pace(CheckDefinition check, String region) {
        intervalMs = check.getIntervalMs();
        var crc = new CRC32();
        crc.update((check.getCheckId() + "\n" + region).getBytes(StandardCharsets.UTF_8));
        phaseMs = crc.getValue() % intervalMs;
        var given = check.getRetryIntervalMs();
        retry =
                Duration.ofMillis(
                        Math.min(
                                intervalMs,
                                given != null ? given : Math.max(1000, intervalMs / 4)));
        failureThreshold = check.getIncident().getFailureThreshold();
        successThreshold = check.getIncident().getSuccessThreshold();
    }

    /// The first slot after `time`.
    public Instant slotAfter(Instant time) {
        long slots = Math.floorDiv(time.toEpochMilli() - phaseMs, intervalMs) + 1;
        return Instant.ofEpochMilli(slots * intervalMs + phaseMs);
    }

    /// How many slots lie after `slot` and up to `now`: they were missed.
    long missed(Instant slot, Instant now) {
        return Math.max(0, Math.floorDiv(now.toEpochMilli() - slot.toEpochMilli(), intervalMs));
    }

    Instant plusSlots(Instant slot, long slots) {
        return slot.plusMillis(slots * intervalMs);
    }

    /// When to look again before the next slot; the slot itself when the verdict is settled.
    public Instant next(Outcome outcome, Instant startedAt, Instant slot) {
        count(outcome);
        boolean unsettled = failing ? passesInARow > 0 : failuresInARow > 0;
        var sooner = startedAt.plus(retry);
        return unsettled && sooner.isBefore(slot) ? sooner : slot;
    }

    private void count(Outcome outcome) {
        switch (outcome) {
            case FAIL -> {
                failuresInARow++;
                passesInARow = 0;
                failing |= failuresInARow >= failureThreshold;
            }
            case PASS, DEGRADED -> {
                passesInARow++;
                failuresInARow = 0;
                failing &= passesInARow < successThreshold;
            }
            case UNKNOWN, ERROR, MISSED -> {
                // Says nothing of the target.
            }
        }
    }
}
