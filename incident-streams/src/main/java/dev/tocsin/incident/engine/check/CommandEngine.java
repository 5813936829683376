package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Command;
import dev.tocsin.incident.engine.EventType;
import dev.tocsin.incident.engine.Resolution;
import dev.tocsin.incident.engine.check.Decision.State;
import dev.tocsin.incident.engine.check.Policy.NoData;

/// Rule 7, people's part: what they ask of an incident is answered by an event, or refused with the reason.
public final class CommandEngine {
    private CommandEngine() {}

    /// @throws IllegalArgumentException for a command that cannot be followed, saying why
    public static Step take(Draft draft, Command command) {
        var incident = draft.state.incident();
        if (incident == null || !incident.id().equals(command.incidentId())) {
            throw new IllegalArgumentException(
                    "check " + draft.policy.checkId() + " has no incident " + command.incidentId());
        }
        var handling = incident.context().handling();
        if (handling.commands().contains(command.id())) {
            return draft.step();
        }
        if (!incident.open() && command.kind() != Command.Kind.ANNOTATE) {
            throw new IllegalArgumentException("incident " + incident.id() + " is closed");
        }
        follow(draft, command, incident.handled(handling.taken(command)));
        return draft.step();
    }

    private static void follow(Draft draft, Command command, Incident incident) {
        var handling = incident.context().handling();
        var who = command.signature();
        switch (command.kind()) {
            case ACK -> {
                if (command.author().equals(handling.acknowledgedBy())) {
                    throw new IllegalArgumentException(
                            "it is acknowledged by " + command.author() + " already");
                }
                answer(
                        draft,
                        command,
                        EventType.ACKNOWLEDGED,
                        incident.handled(handling.acknowledged(command.author())),
                        "acknowledged by " + who);
            }
            case UNACK -> {
                if (handling.acknowledgedBy() == null) {
                    throw new IllegalArgumentException("nobody has acknowledged it");
                }
                answer(
                        draft,
                        command,
                        EventType.UNACKNOWLEDGED,
                        incident.handled(handling.acknowledged(null)),
                        "no longer acknowledged, says " + who);
            }
            case ANNOTATE -> answer(draft, command, EventType.ANNOTATED, incident, who);
            case SNOOZE -> {
                var until = command.until();
                if (until == null || !until.isAfter(draft.now)) {
                    throw new IllegalArgumentException("a snooze needs an end that is to come");
                }
                var snoozed = handling.snoozed(command.author(), until);
                answer(
                        draft,
                        command,
                        EventType.SNOOZED,
                        incident.handled(snoozed).suppressed(snoozed.snooze(draft.now)),
                        "snoozed until " + until + " by " + who);
            }
            case CLOSE -> close(draft, command, incident, who);
        }
    }

    private static void close(Draft draft, Command command, Incident incident, String who) {
        var failing = draft.decision.concerned(incident.kind());
        if (!failing.isEmpty()) {
            throw new IllegalArgumentException(
                    "it still fails in "
                            + String.join(", ", failing)
                            + " and would open again at once; acknowledge or snooze it");
        }
        if (draft.decision.state() == State.UNKNOWN && draft.policy.noData() == NoData.ALERT) {
            throw new IllegalArgumentException(
                    "too few regions are heard, and it would open again for that; snooze it, or remove the check");
        }
        draft.tell(
                EventType.CLOSED,
                incident.flapping(false).closed(draft.now),
                "closed by " + who,
                Resolution.CLOSED_BY_HAND,
                command);
    }

    private static void answer(
            Draft draft, Command command, EventType type, Incident incident, String reason) {
        draft.tell(type, incident, reason, null, command);
    }
}
