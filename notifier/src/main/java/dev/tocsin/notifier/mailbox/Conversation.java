package dev.tocsin.notifier.mailbox;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one target was last told of an outage with all in it, or of an incident alone, and what is so now. States, not events: what there is to tell is
/// the difference, so that nothing is told that is no longer so.
///
/// @param id the outage's or the incident's
/// @param reason why the target is told
/// @param own whether it concerns the target for itself, not only for its parts
/// @param now null while only parts of an outage were heard of
/// @param time which time that it is open, counted from 1
/// @param version counts what was taken in
/// @param since from then on there was this to tell; null while there is nothing
/// @param heldUntil its first word waits until then for what its group's owner says; null when it has spoken
/// @param old it was older than `max-age` when it was heard of
public record Conversation(
        String id,
        String reason,
        boolean own,
        @Nullable IncidentEvent now,
        int time,
        long version,
        @Nullable Instant since,
        @Nullable Instant heldUntil,
        boolean old,
        Telling telling,
        Tries tries,
        Parts parts) {

    /// What is done is forgotten after that (DESIGN section 4).
    private static final Duration KEPT = Duration.ofDays(7);

    /// @param at not before that
    /// @param old told in a digest alone
    record Due(What what, Instant at, boolean old) {}

    /// The next state in the making.
    private static final class Draft {
        private final @Nullable Conversation before;
        private final String id;
        private String reason = "";
        private boolean own;
        private @Nullable IncidentEvent now;
        private int time = 1;
        private long version;
        private @Nullable Instant since;
        private @Nullable Instant heldUntil;
        private boolean old;
        private Telling telling = Telling.NOTHING;
        private Tries tries = Tries.NONE;
        private Parts parts = Parts.NONE;

        Draft(@Nullable Conversation last, String id) {
            before = last;
            this.id = id;
            if (last != null) {
                reason = last.reason;
                own = last.own;
                now = last.now;
                time = last.time;
                version = last.version;
                since = last.since;
                heldUntil = last.heldUntil;
                old = last.old;
                telling = last.telling;
                tries = last.tries;
                parts = last.parts;
            }
        }

        /// Something of it was heard: what was due until then may have been told.
        void heard(Instant at, Policy policy) {
            version++;
            if (before != null && before.mayHaveRung(at, policy)) {
                telling = telling.rung();
            }
        }

        /// @param at of what has changed
        Conversation done(Instant at) {
            var after = built();
            var what = after.what();
            if (before == null
                    || !Objects.equals(after.said(), before.said())
                    || telling.notes().last() != before.telling.notes().last()) {
                tries = Tries.NONE; // another message than the one that was tried
            }
            if (what == What.NOTHING) {
                since = null;
            } else if (since == null || before == null || before.what() != what) {
                since = at;
            }
            return built();
        }

        private Conversation built() {
            return new Conversation(
                    id, reason, own, now, time, version, since, heldUntil, old, telling, tries,
                    parts);
        }
    }

    /// @param before null when the target has no such conversation
    /// @param own whether the target is told for the event's own sake
    /// @param waits whether its group's owner may yet say that it is part of an outage
    /// @param alone whether a note to it is told with it, not with its outage
    /// @return null when there is nothing to remember
    static @Nullable Conversation take(
            @Nullable Conversation before,
            IncidentEvent event,
            String reason,
            boolean own,
            boolean waits,
            boolean alone,
            Instant at,
            Policy policy) {
        boolean noted = alone && event.getType() == IncidentEventType.ANNOTATED;
        boolean forgotten = before == null && !event.getOpen();
        boolean old = event.getAt().plus(policy.maxAge()).isBefore(at);
        if (forgotten && (!noted || !own || old || event.getSuppressedBy() != null)) {
            return null; // nobody was told of it, or its history is read once more
        }
        boolean over = before != null && before.now != null && !before.now.getOpen();
        if (over && !event.getOpen() && event.getType() == IncidentEventType.UPDATED) {
            return before; // late results corrected the past: it is on record, and nobody is told
        }
        boolean begins =
                event.getType() == IncidentEventType.OPENED
                        || event.getType() == IncidentEventType.REOPENED
                        || (over && event.getOpen()); // it reopened where it concerned others alone
        var next = new Draft(before, event.getIncidentId());
        next.heard(at, policy);
        if (begins && next.now != null) {
            next.time++;
        }
        if (event.getGrouped() || event.getCheckId() == null || !waits) {
            next.heldUntil = null;
        } else if (next.heldUntil == null || begins || hidden(before)) {
            next.heldUntil = at.plus(policy.hold());
        }
        if (noted) {
            next.telling = next.telling.noted(event.getReason());
        }
        next.reason = reason;
        next.own = own || (next.own && !begins); // the routes may have changed since
        next.now = event;
        next.old = old;
        if (forgotten) {
            next.telling = next.telling.knowing(next.built().said()); // its end was told
        }
        return next.done(at);
    }

    /// Its notes are told with the outage that it is part of.
    Conversation handsNotesOver() {
        var next = new Draft(this, id);
        next.telling = telling.handingNotesOver();
        return next.built();
    }

    /// As if the target had been told nothing, which it should have been. What it is told nothing of at the moment stays as it is.
    static Conversation again(
            @Nullable Conversation before, IncidentEvent event, String reason, Instant at) {
        var next = new Draft(before, event.getIncidentId());
        // An id of its own, also if all of it was forgotten.
        next.version = Math.max(next.version + 1, at.toEpochMilli());
        var now = next.now;
        if (now == null || now.getSeq() < event.getSeq()) {
            now = event;
        }
        next.now = now;
        next.reason = reason;
        next.own |=
                next.parts.joined() == 0; // whom its parts do not concern is told of it for itself
        next.heldUntil = null;
        next.old = false;
        if (!now.getOpen() || (now.getSuppressedBy() == null && now.getOutageId() == null)) {
            next.telling = next.telling.untold(next.built().said());
        }
        next.tries = Tries.NONE;
        return next.done(at);
    }

    /// Nobody is asked what it is part of while it is hidden.
    private static boolean hidden(@Nullable Conversation before) {
        return before != null && before.now != null && before.now.getSuppressedBy() != null;
    }

    /// Takes in what became of an incident that is part of this outage.
    ///
    /// @param before what was known of it
    /// @param notes to it, which are told with the outage
    static Conversation join(
            @Nullable Conversation last,
            String outage,
            String reason,
            @Nullable Part before,
            Part part,
            List<String> notes,
            Instant at,
            Policy policy) {
        var next = new Draft(last, outage);
        next.heard(at, policy);
        next.reason = next.reason.isEmpty() ? reason : next.reason;
        next.parts = next.parts.with(before, part);
        for (var note : notes) {
            next.telling = next.telling.noted(part.name() + ": " + note);
        }
        return next.done(at);
    }

    private boolean mayHaveRung(Instant at, Policy policy) {
        var due = due(policy);
        return tries.made() > 0 || (due != null && due.what().begins() && !due.at().isAfter(at));
    }

    Conversation told(Said said, Notes notes, Instant at) {
        var next = new Draft(this, id);
        next.telling = telling.heard(said, notes, at);
        next.tries = Tries.NONE;
        next.old = false;
        next.since = null;
        return next.done(at);
    }

    Conversation failed(Instant begun, Instant ended, Duration pause) {
        var next = new Draft(this, id);
        next.tries = tries.failed(begun, ended, pause);
        return next.done(ended);
    }

    /// What was sent of it may be heard, whatever is known of that. Where that is to be told in another word it is another message than the one that was tried.
    Conversation mayBeHeard() {
        var next = new Draft(this, id);
        next.telling = telling.rung();
        var heard = next.built();
        if (heard.what() == what()) {
            return heard;
        }
        next.version++;
        return next.built();
    }

    /// The target takes messages again: it is tried as if it had not been.
    Conversation revived(Instant at) {
        var next = new Draft(mayBeHeard(), id);
        next.tries = Tries.NONE;
        return next.done(at);
    }

    private boolean isOutage() {
        return now == null || now.getKind() == IncidentKind.OUTAGE;
    }

    /// What is so now, as the target is told it; null while nobody knows.
    @Nullable Said said() {
        if (now == null) {
            return null;
        }
        boolean outage = isOutage();
        return Said.of(
                time,
                now.getOpen() && (own || parts.open() > 0),
                now,
                outage ? own ? now.getChildrenCount() : parts.joined() : 0,
                outage ? own ? now.getChildrenOpen() : parts.open() : 0);
    }

    What what() {
        var is = said();
        if (is == null || now == null) {
            return What.NOTHING;
        }
        var told = telling.told();
        boolean rang = telling.rang();
        if (now.getCheckId() != null && now.getOutageId() != null) {
            // It is told as the outage: of itself only its end, to whom it may have been told, and
            // what is said to it when that is over, too.
            boolean heard = told == null ? rang : told.open() || rang;
            boolean notes = !telling.notes().isEmpty();
            return is.open() || !(heard || notes)
                    ? What.NOTHING
                    : Said.between(told, is, rang, notes);
        }
        return Said.between(told, is, rang, !telling.notes().isEmpty());
    }

    /// What there is to tell, and not before when; null while there is nothing.
    @Nullable Due due(Policy policy) {
        var what = what();
        if (what == What.NOTHING || since == null || now == null || tries.givenUp()) {
            return null;
        }
        var at = since;
        var toldAt = telling.at();
        if (what == What.CHANGED && toldAt != null) {
            at = later(at, toldAt.plus(policy.pace()));
        }
        if (what == What.CLOSED && now.getOpen()) {
            at = at.plus(policy.over());
        }
        if (what.begins()) {
            at = later(at, heldUntil);
        }
        if (old) {
            at = at.plus(policy.settle());
        }
        return new Due(what, later(at, tries.next()), old);
    }

    private static Instant later(Instant one, @Nullable Instant other) {
        return other != null && other.isAfter(one) ? other : one;
    }

    /// As it is by a clock that says `at`: one that was wrong when something was kept must not keep it for ever.
    Conversation noLaterThan(Instant at, Policy policy) {
        var next = new Draft(this, id);
        next.since = earlier(since, at);
        next.heldUntil = earlier(heldUntil, at.plus(policy.hold()));
        next.tries = tries.noLaterThan(at);
        next.telling = telling.noLaterThan(at);
        return next.built();
    }

    private static @Nullable Instant earlier(@Nullable Instant one, Instant other) {
        return one == null || one.isBefore(other) ? one : other;
    }

    /// Whether it is over for so long that nobody will be told of it: a target that never answered, or that is gone.
    public boolean forgotten(Instant at) {
        return now != null && !now.getOpen() && now.getAt().plus(KEPT).isBefore(at);
    }

    /// Whether nothing can come of it any more.
    boolean finished() {
        return parts.open() == 0 && (now == null || (!now.getOpen() && what() == What.NOTHING));
    }
}
