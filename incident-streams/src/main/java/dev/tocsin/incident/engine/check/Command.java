package dev.tocsin.incident.engine.check;

import dev.tocsin.incident.engine.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a person asks of an incident (rule 7): it changes who is told, never what is measured.
///
/// @param id the same command again changes nothing
/// @param text what they say to it, or ""
/// @param until only of SNOOZE
public record Command(
        String id,
        Kind kind,
        String incidentId,
        String author,
        String text,
        @Nullable Instant until) {
    public enum Kind {
        ACK,
        UNACK,
        CLOSE,
        ANNOTATE,
        SNOOZE
    }

    /// Who, and what they say.
    public String signature() {
        return text.isBlank() ? author : author + ": " + text;
    }
}
