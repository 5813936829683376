package dev.tocsin.incident.wire;

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
import dev.tocsin.incident.engine.check.Spell;
import dev.tocsin.incident.engine.check.Suppression;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.check.Worst;
import dev.tocsin.service.Packer;
import dev.tocsin.service.Unpacker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is stored of a check, as bytes: a region at a time, and the rest of it, so that a vote of one region writes a hundred bytes
/// whatever the other 154 are at. Enums go by their place in these lists: new ones only at the end.
final class CheckCodec {
    static final byte VERSION = 4;

    private static final int OTHER_SCOPE = 2;

    private static final List<Verdict> VERDICTS =
            List.of(Verdict.PASSING, Verdict.DEGRADED, Verdict.FAILING, Verdict.UNDECIDED);
    private static final List<Vote> VOTES = List.of(Vote.UP, Vote.DEGRADED, Vote.DOWN);
    private static final List<Kind> KINDS =
            List.of(Kind.NO_DATA, Kind.DEGRADED, Kind.PARTIAL, Kind.DOWN);
    private static final List<Severity> SEVERITIES =
            List.of(Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.CRITICAL);
    private static final List<Heard> HEARD = List.of(Heard.FAILS, Heard.PASSES, Heard.NOTHING);

    private CheckCodec() {}

    static byte[] region(Region region) {
        var to =
                new Packer(VERSION)
                        .one(VERDICTS, region.verdict())
                        .time(region.since())
                        .time(region.passingSince())
                        .time(region.settledAt())
                        .number(region.samples().size());
        var failure = "";
        for (var sample : region.samples()) {
            // Most failures of a streak are the same.
            boolean same = sample.failure().equals(failure);
            to.time(sample.at()).one(VOTES, sample.vote()).text(sample.id());
            to.text(same ? null : sample.failure());
            failure = sample.failure();
        }
        if (!region.spells().isEmpty()) {
            to.number(region.spells().size());
            for (var spell : region.spells()) {
                to.time(spell.since())
                        .time(spell.failedAt())
                        .time(spell.until())
                        .text(spell.failure());
            }
        }
        return to.bytes();
    }

    static Region region(byte[] bytes) {
        var from = new Unpacker(bytes);
        var verdict = from.one(VERDICTS);
        var since = from.time();
        var passingSince = from.time();
        var settledAt = from.time();
        int count = from.count();
        var samples = new ArrayList<Sample>();
        var failure = "";
        for (int i = 0; i < count; i++) {
            var at = from.moment();
            var vote = from.one(VOTES);
            var id = from.word();
            var said = from.text();
            failure = said == null ? failure : said;
            samples.add(new Sample(at, vote, id, failure));
        }
        return new Region(samples, verdict, since, passingSince, settledAt, null, spells(from));
    }

    private static List<Spell> spells(Unpacker from) {
        int count = from.more() ? from.count() : 0;
        var spells = new ArrayList<Spell>();
        for (int i = 0; i < count; i++) {
            spells.add(new Spell(from.moment(), from.moment(), from.moment(), from.word()));
        }
        return spells;
    }

    /// All but the regions.
    static byte[] head(CheckState state) {
        var to =
                new Packer(VERSION)
                        .texts(state.electorate())
                        .time(state.partialSince())
                        .number(state.turns().size());
        state.turns().forEach(turn -> to.time(turn.at()).flag(turn.isNew()));
        var incident = state.incident();
        to.flag(incident != null);
        if (incident != null) {
            incident(to, incident);
        }
        var heard = incident == null ? Heard.FAILS : incident.heard();
        if (state.looksBackAt() != null || heard != Heard.FAILS) {
            to.time(state.looksBackAt());
        }
        if (heard != Heard.FAILS) {
            to.one(HEARD, heard);
        }
        return to.bytes();
    }

    private static void incident(Packer to, Incident incident) {
        var worst = incident.worst();
        var places = incident.places();
        var past = incident.past();
        to.text(incident.id())
                .number(incident.seq())
                .time(incident.toldAt())
                .one(KINDS, incident.kind())
                .one(SEVERITIES, incident.severity())
                .one(KINDS, worst.kind())
                .one(SEVERITIES, worst.severity())
                .number(scopes(incident));
        if (incident.otherScopeSince() != null) {
            to.time(incident.otherScopeSince());
        }
        to.texts(places.failed())
                .texts(places.failing())
                .texts(places.fine())
                .texts(places.lost())
                .flag(incident.flapping())
                .text(past.previousId())
                .number(past.in7Days())
                .number(past.in30Days())
                .text(incident.traceparent());
        times(to, incident.times());
        context(to, incident.context());
    }

    /// Earlier builds wrote the first of the two alone.
    private static int scopes(Incident incident) {
        return (incident.worst().everywhere() ? 1 : 0)
                + (incident.otherScopeSince() == null ? 0 : OTHER_SCOPE);
    }

    private static void times(Packer to, Times times) {
        to.time(times.startedAt())
                .time(times.failingSince())
                .number(times.failedBefore().toMillis())
                .time(times.openedAt())
                .time(times.endedAt())
                .time(times.closedAt())
                .time(times.changedAt());
    }

    private static void context(Packer to, Incident.Context context) {
        var handling = context.handling();
        to.text(context.group())
                .text(context.suppressedBy())
                .text(context.rootIncidentId())
                .text(context.outageId())
                .number(context.reportedBy())
                .text(handling.acknowledgedBy())
                .text(handling.snoozedBy())
                .time(handling.snoozedUntil())
                .texts(handling.commands())
                .flag(context.grouped());
    }

    static CheckState head(byte[] bytes) {
        var from = new Unpacker(bytes);
        var electorate = Set.copyOf(from.words());
        var partialSince = from.time();
        int count = from.count();
        var turns = new ArrayList<Turn>();
        for (int i = 0; i < count; i++) {
            turns.add(new Turn(from.moment(), from.flag()));
        }
        var incident = from.flag() ? incident(from) : null;
        var looksBackAt = from.more() ? from.time() : null;
        if (incident != null && from.more()) {
            incident = incident.heard(from.one(HEARD));
        }
        return new CheckState(
                Map.of(), Map.of(), incident, turns, electorate, partialSince, null, looksBackAt);
    }

    private static Incident incident(Unpacker from) {
        var id = from.word();
        long seq = from.number();
        var toldAt = from.moment();
        var kind = from.one(KINDS);
        var severity = from.one(SEVERITIES);
        var worstKind = from.one(KINDS);
        var worstSeverity = from.one(SEVERITIES);
        int scopes = from.count();
        var worst = new Worst(worstKind, worstSeverity, scopes % OTHER_SCOPE == 1);
        var otherScopeSince = scopes < OTHER_SCOPE ? null : from.time();
        var places = new Places(words(from), words(from), words(from), words(from));
        boolean flapping = from.flag();
        var past = new Past(from.text(), from.count(), from.count());
        var traceparent = from.text();
        return new Incident(
                id,
                seq,
                toldAt,
                otherScopeSince,
                kind,
                severity,
                worst,
                times(from),
                places,
                flapping,
                past,
                context(from),
                traceparent,
                Heard.FAILS);
    }

    private static Set<String> words(Unpacker from) {
        return Set.copyOf(from.words());
    }

    private static Times times(Unpacker from) {
        return new Times(
                from.moment(),
                from.moment(),
                Duration.ofMillis(from.number()),
                from.moment(),
                from.time(),
                from.time(),
                from.moment());
    }

    private static Incident.Context context(Unpacker from) {
        var group = from.word();
        var suppression = suppression(from.text(), from.text());
        var outageId = from.text();
        int reportedBy = from.count();
        var handling =
                new Handling(from.text(), from.text(), from.time(), List.copyOf(from.words()));
        // What was stored without it, nobody asked for; what is suppressed will, when it is no
        // longer.
        boolean grouped = from.more() ? from.flag() : suppression == null;
        return new Incident.Context(group, suppression, outageId, grouped, handling, reportedBy);
    }

    private static @Nullable Suppression suppression(@Nullable String by, @Nullable String root) {
        return by == null ? null : new Suppression(by, root);
    }
}
