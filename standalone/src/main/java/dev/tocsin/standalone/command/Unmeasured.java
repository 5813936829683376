package dev.tocsin.standalone.command;

import dev.tocsin.incident.wire.Ballot;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Of one check, by region, what came of its newest run where that says nothing of the target, as of a definition that its agent cannot run: without it such
/// a region is silent, and nothing says why.
final class Unmeasured {
    /// @param at when it began, by its agent
    /// @param what its outcome, and the agent's word for why
    record Run(Instant at, String agent, String what) {
        String said(Instant now) {
            return "%s, by %s, %d s ago"
                    .formatted(what, agent, Math.max(0, Duration.between(at, now).toSeconds()));
        }
    }

    private final Map<String, Run> newest = new TreeMap<>();
    private final Map<String, Instant> begun = new HashMap<>();

    /// In any order. What an agent sends after an absence is history.
    void result(CheckResult result) {
        var region = result.getRegion();
        var at = result.getStartedAt();
        if (result.getLane() == Lane.BACKFILL
                || at.isBefore(begun.getOrDefault(region, Instant.MIN))) {
            return;
        }
        begun.put(region, at);
        if (Ballot.sample(result) == null) {
            newest.put(region, new Run(at, PlainText.shown(result.getAgentId()), what(result)));
        } else {
            newest.remove(region);
        }
    }

    private static String what(CheckResult result) {
        var failure = result.getFailure();
        if (failure == null) {
            return result.getOutcome().name();
        }
        var detail = failure.getDetail();
        return result.getOutcome()
                + " "
                + PlainText.shown(failure.getCode())
                + (detail.isEmpty() ? "" : " (" + PlainText.shown(detail) + ")");
    }

    /// Nothing, where the newest run was a vote, or none is known.
    Optional<Run> in(String region) {
        return Optional.ofNullable(newest.get(region));
    }
}
