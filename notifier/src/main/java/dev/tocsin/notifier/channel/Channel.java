package dev.tocsin.notifier.channel;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.Message;
import java.time.Instant;

/// Tells one target. Blocks, for at most its own time limit; called from many virtual threads at once.
public interface Channel {
    /// @param message its id is the same for every try: the receiver's means to drop a repetition
    DeliveryResult deliver(Message message, Instant now);

    /// Where it tells: the same for the same target, another when the target was set up anew. Shows nothing of it.
    String fingerprint();
}
