package dev.tocsin.incident.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Handling;
import dev.tocsin.incident.engine.check.Heard;
import dev.tocsin.incident.engine.check.Incident;
import dev.tocsin.incident.engine.check.Places;
import dev.tocsin.incident.engine.check.Region;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Suppression;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.check.Worst;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A check's whole state as 0.1.0 stored it: one JSON object under its id.
final class OldCheckState {
    private OldCheckState() {}

    static CheckState read(byte[] bytes) {
        var state = StateCodec.tree(bytes);
        var incident = state.path("incident");
        var turns = new ArrayList<Turn>();
        state.path("turns")
                .forEach(turn ->
                        turns.add(new Turn(moment(turn, "at"), turn.path("isNew").asBoolean())));
        return new CheckState(
                regions(state.path("regions")),
                regions(state.path("late")),
                incident.isObject() ? incident(incident) : null,
                turns,
                Set.of(),
                null,
                null);
    }

    private static Map<String, Region> regions(JsonNode all) {
        var regions = new TreeMap<String, Region>();
        all.properties()
                .forEach(entry -> {
                    var region = entry.getValue();
                    var samples = new ArrayList<Sample>();
                    region.path("samples")
                            .forEach(sample -> {
                                var id = sample.path("id").asText();
                                var prefix = entry.getKey() + "/";
                                samples.add(
                                        new Sample(
                                                moment(sample, "at"),
                                                Vote.valueOf(sample.path("vote").asText()),
                                                id.startsWith(prefix)
                                                        ? id.substring(prefix.length())
                                                        : id,
                                                sample.path("failure").asText()));
                            });
                    regions.put(
                            entry.getKey(),
                            new Region(
                                    samples,
                                    Verdict.valueOf(region.path("verdict").asText()),
                                    time(region, "since"),
                                    time(region, "passingSince"),
                                    time(region, "settledAt"),
                                    null));
                });
        return regions;
    }

    private static Incident incident(JsonNode incident) {
        var kind = Kind.valueOf(incident.path("kind").asText());
        var severity = Severity.valueOf(incident.path("severity").asText());
        var past = incident.path("past");
        var failed = words(incident.path("failed"));
        boolean open = time(incident.path("times"), "closedAt") == null;
        // Which of them fail now it did not keep; that all do is corrected with their next votes.
        var places =
                new Places(
                        failed, open ? failed : Set.of(), Set.of(), words(incident.path("lost")));
        return new Incident(
                incident.path("id").asText(),
                incident.path("seq").asLong(),
                moment(incident.path("times"), "changedAt"),
                // A partial one was told as regional, which no region says yet.
                open && kind == Kind.PARTIAL ? moment(incident.path("times"), "changedAt") : null,
                kind,
                severity,
                new Worst(kind, severity, kind != Kind.PARTIAL),
                times(incident.path("times")),
                places,
                incident.path("flapping").asBoolean(),
                new Past(
                        text(past, "previousId"),
                        past.path("in7Days").asInt(),
                        past.path("in30Days").asInt()),
                context(incident.path("context")),
                text(incident, "traceparent"),
                Heard.FAILS);
    }

    static Times times(JsonNode times) {
        var startedAt = moment(times, "startedAt");
        return new Times(
                startedAt,
                startedAt,
                Duration.ZERO,
                moment(times, "openedAt"),
                time(times, "endedAt"),
                time(times, "closedAt"),
                moment(times, "changedAt"));
    }

    private static Incident.Context context(JsonNode context) {
        var suppression = context.path("suppression");
        var by = text(suppression, "by");
        var handling = context.path("handling");
        return new Incident.Context(
                context.path("group").asText(),
                by == null ? null : new Suppression(by, text(suppression, "rootIncidentId")),
                text(context, "outageId"),
                by == null, // see CheckCodec
                new Handling(
                        text(handling, "acknowledgedBy"),
                        text(handling, "snoozedBy"),
                        time(handling, "snoozedUntil"),
                        List.copyOf(words(handling.path("commands")))),
                context.path("reportedBy").asInt());
    }

    private static Set<String> words(JsonNode array) {
        var words = new TreeSet<String>();
        array.forEach(word -> words.add(word.asText()));
        return words;
    }

    static @Nullable String text(JsonNode node, String field) {
        var value = node.path(field);
        return value.isTextual() ? value.asText() : null;
    }

    static Instant moment(JsonNode node, String field) {
        var time = time(node, field);
        if (time == null) {
            throw new IllegalStateException("stored state without " + field);
        }
        return time;
    }

    static @Nullable Instant time(JsonNode node, String field) {
        var value = node.path(field);
        return value.isNumber() ? StateCodec.instant(value) : null;
    }
}
