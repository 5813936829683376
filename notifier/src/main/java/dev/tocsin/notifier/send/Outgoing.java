package dev.tocsin.notifier.send;

import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.Message;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A message for a sender.
///
/// @param owned whether whoever gave it still owns its target
/// @param answer takes what came of it, on the sender's thread
public record Outgoing(
        Channel channel, Message message, BooleanSupplier owned, Consumer<Answer> answer) {

    /// @param result null when it was not sent
    public record Answer(
            String message,
            @org.jspecify.annotations.Nullable DeliveryResult result,
            Instant begun,
            Instant ended) {}
}
