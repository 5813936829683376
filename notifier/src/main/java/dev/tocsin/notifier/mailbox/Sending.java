package dev.tocsin.notifier.mailbox;

import java.util.List;

/// A message on its way, and what it tells of each conversation in it.
///
/// @param attempt which try it is, from 1
public record Sending(Message message, int attempt, List<Carried> carried) {
    public Sending {
        carried = List.copyOf(carried);
    }

    /// @param eventId the newest event in it
    public record Carried(String conversation, String eventId, long seq, Said said, Notes notes) {}
}
