package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.incident.engine.check.Decision.Standing;
import dev.tocsin.incident.engine.check.Decision.State;
import dev.tocsin.incident.partition.Replay;
import dev.tocsin.notifier.text.MessageJson;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Durations;
import dev.tocsin.standalone.topic.Compacted;
import dev.tocsin.standalone.topic.IncidentFeed;
import dev.tocsin.standalone.topic.OneIncident;
import dev.tocsin.standalone.topic.Results;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Rule 9: why an incident is open, and why none is. The last results go through the same engine once more, from the topic.
@Command(
        name = "why",
        description =
                "Why a check's incident is open, or why none is: its votes, ages and thresholds now.",
        mixinStandardHelpOptions = true)
public final class WhyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration AT_LEAST = Duration.ofMinutes(10);
    private static final int INTERVALS = 20;

    @Mixin ClientOption config = new ClientOption();

    @Parameters(
            paramLabel = "CHECK",
            description = "A check's id, or region:ID, pipeline:stalled, outage:ID.")
    String check = "";

    @Option(names = "--json", description = "One JSON object.")
    boolean json;

    @Override
    public Integer call() {
        var kafka = config.kafka();
        var checks = Compacted.read(kafka, Topics.CHECKS);
        var states = Compacted.read(kafka, Topics.INCIDENT_STATE);
        var definition = checks.get(check);
        if (definition == null) {
            var event = ofNoCheck(checks.keySet(), states);
            if (json) {
                System.out.println(new String(MessageJson.listed(event), StandardCharsets.UTF_8));
            } else {
                print(event);
            }
            return 0;
        }
        var replay = new Replay(definition, Compacted.read(kafka, Topics.MAINTENANCE).values());
        var unmeasured = new Unmeasured();
        long back = Math.max(AT_LEAST.toMillis(), INTERVALS * definition.getIntervalMs());
        Results.read(
                kafka,
                Duration.ofMillis(back),
                (result, appended) -> {
                    if (check.equals(result.getCheckId())) {
                        replay.result(result, appended);
                        unmeasured.result(result);
                    }
                });
        var now = Instant.now();
        replay.tick(now);
        var incident = OneIncident.newest(check, states).orElse(null);
        var notes =
                incident == null || !incident.getOpen()
                        ? List.<String>of()
                        : IncidentFeed.notes(kafka, incident, now);
        if (json) {
            System.out.println(object(replay, unmeasured, incident, notes, now));
        } else {
            print(definition, replay, unmeasured, incident, notes, now);
        }
        return 0;
    }

    private IncidentEvent ofNoCheck(Set<String> checks, Map<String, IncidentEvent> states) {
        if (check.contains(":")) {
            return OneIncident.newest(check, states)
                    .orElseThrow(() -> new ConfigException(check + " has had no incident"));
        }
        throw new ConfigException(
                "no check \""
                        + check
                        + "\" is in force, tocsin apply publishes checks"
                        + Near.to(check, checks));
    }

    /// What no check decides is told as it was decided: there are no votes to ask once more.
    private static void print(IncidentEvent event) {
        System.out.printf(
                "%s: %s, %s%n",
                event.getKey(),
                PlainText.shown(event.getName()),
                event.getOpen() ? "open" : "closed");
        System.out.println(IncidentFeed.line(event));
        for (var region : event.getRegions()) {
            System.out.printf(
                    "  %-12s %-9s%s%n",
                    region.getRegion(),
                    region.getVerdict(),
                    region.getFailure() == null ? "" : " " + region.getFailure());
        }
        var why = event.getDecision().getExplanation();
        if (!why.isEmpty()) {
            System.out.println(why);
        }
    }

    private void print(
            CheckDefinition definition,
            Replay replay,
            Unmeasured unmeasured,
            @Nullable IncidentEvent incident,
            List<String> notes,
            Instant now) {
        var decision = replay.decision(now);
        var policy = replay.policy();
        System.out.printf(
                "%s: %s, version %s%n",
                check, PlainText.shown(definition.getName()), definition.getConfigVersion());
        decision.standings()
                .forEach((region, standing) -> {
                    System.out.printf(
                            "  %-12s %-9s %s%s%s%n",
                            region,
                            word(standing),
                            age(standing, now),
                            standing.since() == null ? "" : ", since " + standing.since(),
                            standing.failure().isEmpty() ? "" : ", " + standing.failure());
                    unmeasured
                            .in(region)
                            .ifPresent(run ->
                                    System.out.printf(
                                            "  %-12s its last run measured nothing: %s%n",
                                            "", run.said(now)));
                });
        System.out.println(decision.explanation());
        System.out.printf(
                "a region fails %s and passes again after %d in a row; it is silent after %s%n",
                policy.of() > 0
                        ? "at " + policy.failures() + " of its last " + policy.of()
                        : "after " + policy.failureThreshold() + " in a row",
                policy.successThreshold(),
                Durations.words(policy.staleAfter()));
        var state = replay.state();
        if (incident != null && incident.getOpen()) {
            System.out.println("open: " + IncidentFeed.line(incident));
            if (incident.getOutageId() != null) {
                System.out.println("part of the outage " + incident.getOutageId());
            }
            if (incident.getFlapping()) {
                System.out.println(
                        "flapping: open until it has settled for "
                                + Durations.words(policy.flapQuiet()));
            }
            if (incident.getAcknowledgedBy() != null) {
                System.out.println("acknowledged by " + incident.getAcknowledgedBy());
            }
            notes.forEach(note -> System.out.println("note: " + note));
            if (incident.getSuppressedBy() != null) {
                System.out.println("nobody new is told: " + incident.getSuppressedBy());
            }
        } else if (state.partialSince() != null) {
            System.out.println(
                    "not open: too few regions fail, and a regional incident opens "
                            + Durations.words(policy.partialFor())
                            + " after "
                            + state.partialSince());
        } else if (state.noDataSince() != null) {
            System.out.println(
                    "not open: too few regions are heard, which is an incident "
                            + Durations.words(policy.noDataFor())
                            + " after "
                            + state.noDataSince());
        } else {
            var replayed = state.incident();
            System.out.println(notOpen(decision.state(), replayed != null && replayed.open()));
        }
    }

    /// Why no incident is open where nothing is being waited for.
    ///
    /// @param replayed whether the same results opened one here
    static String notOpen(State votes, boolean replayed) {
        if (replayed && votes != State.UP) { // one that only waits for its end is no sign of that
            return "not open, though these votes open one: incident-streams does not run or is behind; its /ready says";
        }
        return switch (votes) {
            case UP -> "not open: the votes do not call for it";
            case DOWN, PARTIAL, DEGRADED ->
                    "not open yet: these votes open one with the next that is heard, if they stay so";
            case UNKNOWN ->
                    "not open: too few regions are heard to say, and no-data does not alert";
        };
    }

    private static String word(Standing standing) {
        var unknown = standing.unknown();
        return unknown == null ? standing.verdict().name() : unknown.name();
    }

    private static String age(Standing standing, Instant now) {
        return standing.lastVoteAt() == null
                ? "not heard"
                : "heard "
                        + Math.max(0, Duration.between(standing.lastVoteAt(), now).toSeconds())
                        + " s ago";
    }

    private ObjectNode object(
            Replay replay,
            Unmeasured unmeasured,
            @Nullable IncidentEvent incident,
            List<String> notes,
            Instant now) {
        var decision = replay.decision(now);
        var object = JSON.createObjectNode();
        object.put("check", check).put("state", decision.state().name());
        object.put("configured", decision.configured()).put("voting", decision.voting());
        object.put("failing", decision.failing()).put("degraded", decision.degraded());
        object.put("need", decision.need()).put("min_regions", decision.minRegions());
        object.put("explanation", decision.explanation());
        var regions = object.putObject("regions");
        decision.standings()
                .forEach((region, standing) ->
                        regions.putObject(region)
                                .put("verdict", word(standing))
                                .put("since", text(standing.since()))
                                .put("last_vote_at", text(standing.lastVoteAt()))
                                .put("failure", standing.failure())
                                .put(
                                        "unmeasured",
                                        unmeasured
                                                .in(region)
                                                .map(run -> run.said(now))
                                                .orElse(null)));
        object.put(
                "incident_id",
                incident == null || !incident.getOpen() ? null : incident.getIncidentId());
        notes.forEach(object.putArray("notes")::add);
        object.put("partial_since", text(replay.state().partialSince()));
        object.put("no_data_since", text(replay.state().noDataSince()));
        return object;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
