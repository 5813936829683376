package dev.tocsin.incident.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a person asks of an incident (rule 7): it changes who is told, never what is measured.
///
/// @param id the same command again changes nothing
/// @param text what they say to it among themselves, or ""
/// @param until only of SNOOZE
/// @param publicText only of ANNOTATE: what they say to the public; null for nothing
public record Command(
        String id,
        Kind kind,
        String incidentId,
        String author,
        String text,
        @Nullable Instant until,
        @Nullable String publicText) {
    /// A producer that tries again does so within seconds; people send few commands in that time.
    private static final int REMEMBERED = 50;

    public enum Kind {
        ACK,
        UNACK,
        CLOSE,
        ANNOTATE,
        SNOOZE
    }

    /// Who, and what they say; for those who are told, who are to know what the public is, however long the rest is.
    public String signature() {
        if (publicText == null) {
            return author + (text.isBlank() ? "" : ": " + text);
        }
        return author
                + " on the status page: "
                + publicText
                + (text.isBlank() ? "" : "; internally: " + text);
    }

    /// Ids of the last ones, this included, so that none is taken twice.
    ///
    /// @param before those that were taken before it
    public List<String> after(List<String> before) {
        var all = new ArrayList<>(before);
        all.add(id);
        return List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
    }
}
