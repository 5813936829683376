package dev.tocsin.notifier.mailbox;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a channel sends to its target.
public sealed interface Message {
    /// The idempotency key: the same for each try of the same message, whoever makes it.
    String id();

    /// Of one conversation.
    ///
    /// @param event what is so now
    /// @param before what the target knows; null when nothing
    /// @param reason why it is told
    /// @param parts of an outage, those that concern the target
    record One(
            String id,
            What what,
            IncidentEvent event,
            @Nullable Said before,
            String reason,
            Notes notes,
            Parts parts)
            implements Message {}

    /// Of many at once.
    ///
    /// @param conversations how many
    /// @param open how many of them are open
    /// @param named the worst of them, at most 20
    record Digest(String id, int conversations, int open, Severity worst, List<One> named)
            implements Message {
        public Digest {
            named = List.copyOf(named);
        }
    }
}
