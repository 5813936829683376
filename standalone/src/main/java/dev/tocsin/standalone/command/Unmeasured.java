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

    private final Map<String, CheckResult> newest = new HashMap<>();

    /// In any order. What an agent sends after an absence is history.
    void result(CheckResult result) {
        if (result.getLane() != Lane.BACKFILL) {
            newest.merge(
                    result.getRegion(),
                    result,
                    (known, now) ->
                            now.getStartedAt().isBefore(known.getStartedAt()) ? known : now);
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
        return Optional.ofNullable(newest.get(region))
                .filter(result -> Ballot.sample(result) == null)
                .map(result ->
                        new Run(
                                result.getStartedAt(),
                                PlainText.shown(result.getAgentId()),
                                what(result)));
    }
}
