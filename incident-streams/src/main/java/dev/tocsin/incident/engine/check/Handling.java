package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Command;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What people have done about an incident.
///
/// @param acknowledgedBy null while nobody has
/// @param snoozedBy null when nobody has; it counts until `snoozedUntil`
/// @param commands ids of the last ones, so that none is taken twice
public record Handling(
        @Nullable String acknowledgedBy,
        @Nullable String snoozedBy,
        @Nullable Instant snoozedUntil,
        List<String> commands) {
    public static final Handling NONE = new Handling(null, null, null, List.of());

    public Handling {
        commands = List.copyOf(commands);
    }

    public Handling taken(Command command) {
        return new Handling(acknowledgedBy, snoozedBy, snoozedUntil, command.after(commands));
    }

    public Handling acknowledged(@Nullable String by) {
        return new Handling(by, snoozedBy, snoozedUntil, commands);
    }

    public Handling snoozed(String by, Instant until) {
        return new Handling(acknowledgedBy, by, until, commands);
    }

    /// It begins anew: whoever handled it before does not yet know.
    public Handling again() {
        return new Handling(null, null, null, commands);
    }

    /// What keeps others from being told now, or null.
    public @Nullable Suppression snooze(Instant now) {
        return snoozedUntil != null && now.isBefore(snoozedUntil)
                ? new Suppression(Suppression.SNOOZE + snoozedBy, null)
                : null;
    }
}
