package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Resolution;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.Decision.Standing;
import dev.tocsin.incident.engine.check.Decision.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What becomes of an open incident: it grows at once, shrinks when a recovery has lasted, loses evidence, flaps, and ends (rules 2 to 4).
final class OpenIncident {
    /// Regions that join or recover one after the other are told together, each second: a check may run in 155 of them.
    static final Duration GATHERED = Duration.ofSeconds(1);

    /// A recovery everywhere reaches the regions within an interval; only what outlasts that is one of some of them.
    static Duration lasting(Policy policy) {
        return Duration.ofMillis(
                policy.recoverFor().toMillis() * 3 / 2); // Duration multiplies by BigDecimal
    }

    private final Draft draft;
    private final Policy policy;
    private final Decision decision;
    private final Instant now;
    private final List<String> reasons = new ArrayList<>();

    OpenIncident(Draft draft) {
        this.draft = draft;
        policy = draft.policy;
        decision = draft.decision;
        now = draft.now;
    }

    /// It is part of an outage from now on; what there is to tell besides goes with that.
    void join(Incident open, @Nullable String outageId, @Nullable Kind target) {
        var incident = graded(places(open), target).partOf(outageId);
        reasons.addFirst(
                outageId == null
                        ? "the outage that it was part of is over"
                        : "part of an outage of several checks");
        keep(incident);
    }

    /// It is part of none for now, which likewise goes with what there is to tell besides.
    void alone(Incident open, @Nullable Kind target) {
        var incident = graded(places(open), target).grouped();
        reasons.addFirst("alone in its group for now");
        keep(incident);
    }

    /// @param target what the votes call for, were it to open now
    void keep(Incident open, @Nullable Kind target) {
        var incident = graded(places(open), target);
        if (incident.kind() == open.kind()
                && incident.severity() == open.severity()
                && now.isBefore(open.toldAt().plus(GATHERED))) {
            draft.gathers = !reasons.isEmpty() || !incident.places().equals(open.places());
            reasons.clear();
            incident = open;
        } else if (reasons.isEmpty()) {
            scope(incident);
        }
        keep(incident);
    }

    private void keep(Incident graded) {
        var incident = reported(graded, draft);
        if (!incident.equals(graded)) {
            reasons.add(
                    "reported by " + incident.context().reportedBy() + " users within 5 minutes");
        }
        var ended = ended(incident);
        if ((ended.since() == null) != (incident.times().endedAt() == null)) {
            incident = incident.ended(ended.since(), now);
        }
        draft.state = draft.state.with(incident);
        if (suppress(incident)) {
            incident = draft.incident();
            reasons.clear();
        }
        if (incident.flapping()
                && !now.isBefore(incident.times().changedAt().plus(policy.flapQuiet()))) {
            draft.tell(
                    EventType.FLAPPING_STOPPED,
                    incident.flapping(false),
                    "settled: " + decision.explanation());
            incident = draft.incident();
        } else if (!reasons.isEmpty()) {
            draft.tell(EventType.UPDATED, incident, String.join("; ", reasons));
            incident = draft.incident();
        }
        if (!incident.flapping()
                && ended.known()
                && draft.over(incident.times().endedAt(), policy.recoverFor())) {
            if (incident.places().failed().isEmpty() && incident.kind() != Kind.NO_DATA) {
                draft.close(
                        incident,
                        "no region that failed is measured any more",
                        Resolution.CONFIG_REMOVED);
            } else {
                draft.close(incident, recovery(incident.kind()), Resolution.RECOVERED);
            }
        }
    }

    private static String recovery(Kind kind) {
        return kind == Kind.NO_DATA
                ? "enough regions are heard again"
                : "every region that failed passes again";
    }

    /// What users say of it (rule 10).
    static Incident reported(Incident incident, Draft draft) {
        var reports = draft.policy.near().reports();
        return reports.count(draft.now) && reports.users() > incident.context().reportedBy()
                ? incident.reportedBy(reports.users())
                : incident;
    }

    private Incident places(Incident incident) {
        var before = incident.places();
        var concerned = decision.concerned(incident.kind());
        var fineNow = decision.regions(s -> s.fine(incident.kind()));
        var recovered = recovered(incident, concerned, fineNow);
        var failing = Places.plus(Places.minus(before.failing(), recovered), concerned);
        failing.retainAll(policy.regions());
        var failed = Places.plus(before.failed(), failing);
        failed.retainAll(policy.regions());
        say("not measured any more in ", Places.minus(before.failed(), policy.regions()));
        var fine = Places.minus(before.fine(), decision.regions(Standing::votes));
        fine.addAll(fineNow);
        fine.retainAll(policy.regions());
        var lost = decision.regions(OpenIncident::gone);
        lost.retainAll(failed);
        lost.addAll(before.lost().stream().filter(this::notHeard).toList());
        say("also failing: ", Places.minus(failing, before.failing()));
        say("recovered: ", recovered);
        if (incident.flapping() && failing.isEmpty() && !before.failing().isEmpty()) {
            reasons.add("passing everywhere, and open until it settles");
        }
        say("evidence_lost: nothing is known any more from ", Places.minus(lost, before.lost()));
        return incident.untold(new Places(failed, failing, fine, lost), now);
    }

    /// Those that failed and are fine for so long that it is to be said.
    private Set<String> recovered(Incident incident, Set<String> concerned, Set<String> fineNow) {
        if (!decision.allHadTheirChance()) {
            return Set.of();
        }
        var failing = incident.places().failing();
        var recovered = new TreeSet<>(fineNow);
        recovered.retainAll(failing);
        recovered.removeIf(name -> !lasts(name));
        // The last one's recovery is the close, which comes when it has lasted; while it flaps,
        // that is quiet.
        boolean last = recovered.containsAll(failing) && concerned.isEmpty();
        return last && !incident.flapping() ? Set.of() : recovered;
    }

    /// That it is everywhere, or no longer is, is told for itself when nothing else says it and it has lasted as a recovery has to.
    private void scope(Incident incident) {
        if (!draft.over(incident.otherScopeSince(), lasting(policy))
                || !decision.allHadTheirChance()) {
            return;
        }
        if (incident.places().everywhere()) {
            // A region that fell silent may be fine.
            if (decision.voting() == decision.configured()) {
                reasons.add("no region is fine any more");
            }
            return;
        }
        // Where nothing fails, the close says it all.
        if (incident.kind() == Kind.NO_DATA || !decision.concerned(incident.kind()).isEmpty()) {
            say("not in every region: fine in ", decision.regions(s -> s.fine(incident.kind())));
        }
    }

    private void say(String what, Set<String> regions) {
        if (!regions.isEmpty()) {
            reasons.add(what + String.join(", ", regions));
        }
    }

    private boolean lasts(String name) {
        var region = draft.state.region(name);
        var since = region.verdict() == Verdict.PASSING ? region.passingSince() : region.since();
        return since == null || draft.over(since, lasting(policy));
    }

    private static boolean gone(Standing standing) {
        return standing.unknown() == Unknown.SILENT || standing.unknown() == Unknown.ISOLATED;
    }

    private boolean notHeard(String region) {
        var standing = decision.standings().get(region);
        return standing != null && !standing.votes();
    }

    /// Its kind and severity as they are now. What is not known is taken for what it was: neither silence nor isolation makes
    /// anything worse or better.
    private Incident graded(Incident incident, @Nullable Kind target) {
        int failing = incident.places().failing().size();
        var kind = incident.kind();
        if (target != null && target.compareTo(kind) > 0) {
            kind = target;
            failing = decision.concerned(kind).size();
        } else if (kind == Kind.DOWN
                && failing > 0
                && failing < decision.need()
                && decision.allHadTheirChance()) {
            kind = Kind.PARTIAL;
        }
        boolean waits = failing == 0 || !decision.allHadTheirChance();
        var severity =
                waits && kind == incident.kind()
                        ? incident.severity()
                        : Opening.severity(kind, failing, users(incident), draft);
        if (kind == incident.kind() && severity == incident.severity()) {
            return incident;
        }
        reasons.addFirst("now " + kind + ", " + severity);
        return incident.as(kind, severity);
    }

    private boolean users(Incident incident) {
        return incident.context().reportedBy() > 0 || policy.near().reports().count(now);
    }

    /// What keeps others from being told begins, changes or ends (rule 7). At its end, what is about to close needs no alarm
    /// any more.
    private boolean suppress(Incident incident) {
        if (draft.past && incident.times().endedAt() != null) {
            return false; // what holds now explains nothing of then
        }
        var before = incident.context().suppression();
        var by = draft.suppression(incident);
        if (Objects.equals(before, by) || (by == null && incident.times().endedAt() != null)) {
            return false;
        }
        draft.tell(
                by == null ? EventType.UNSUPPRESSED : EventType.SUPPRESSED,
                incident.suppressed(by),
                by == null ? unsaid(before) : by.said());
        return true;
    }

    private String unsaid(@Nullable Suppression before) {
        boolean fails = decision.failing() + decision.degraded() > 0;
        return (before == null ? "nothing explains it" : before.over())
                + (fails ? ", and it still fails: " : ", and it is still open: ")
                + decision.explanation();
    }

    /// @param since when all that failed is fine, or null while it is not
    /// @param known whether all of it is heard: what is not, after a start, may still say otherwise
    private record Ended(@Nullable Instant since, boolean known) {}

    /// Rule 3.
    private Ended ended(Incident incident) {
        if ((decision.voting() < policy.minRegions() && incident.kind() == Kind.NO_DATA)
                || decision.state() == Decision.State.DOWN) {
            return new Ended(null, true);
        }
        var latest = incident.times().endedAt();
        boolean known = true;
        for (var name : incident.places().failed()) {
            var standing = decision.standings().get(name);
            var region = draft.state.region(name);
            if (standing != null && standing.wasFine()) {
                known = false;
            } else if (standing == null || !standing.passes(incident.kind())) {
                return new Ended(null, true);
            }
            var since = region.passingSince();
            latest = latest == null || (since != null && since.isAfter(latest)) ? since : latest;
        }
        return new Ended(
                !known ? incident.times().endedAt() : latest == null ? now : latest, known);
    }
}
