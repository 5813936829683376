package dev.tocsin.standalone.command;

import dev.tocsin.incident.wire.Ballot;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Of one check, by region, what came of its newest run where that says nothing of the target, as of a definition that its agent cannot run: without it such
/// a region is silent, and nothing says why.
final class Unmeasured {
    /// @param what its outcome, and the agent's word for why
    record Run(Instant at, String agent, String what) {
        String said(Instant now) {
            return "%s, by %s, %d s ago"
                    .formatted(what, agent, Math.max(0, Duration.between(at, now).toSeconds()));
        }
    }

    private final Map<String, Run> newest = new TreeMap<>();

    /// @param appended the broker's stamp of the record
    void result(CheckResult result, Instant appended) {
        if (Ballot.sample(result) != null) {
            newest.remove(result.getRegion());
            return;
        }
        var failure = result.getFailure();
        newest.put(
                result.getRegion(),
                new Run(
                        appended,
                        PlainText.shown(result.getAgentId()),
                        failure == null
                                ? result.getOutcome().name()
                                : result.getOutcome()
                                        + " "
                                        + PlainText.shown(failure.getCode())
                                        + (failure.getDetail().isEmpty()
                                                ? ""
                                                : " ("
                                                        + PlainText.shown(failure.getDetail())
                                                        + ")")));
    }

    /// Nothing, where the newest run was a vote, or none is known.
    Optional<Run> in(String region) {
        return Optional.ofNullable(newest.get(region));
    }
}
