package dev.tocsin.notifier.channel;

import dev.tocsin.schemas.IncidentEvent;
import java.time.Instant;

/// Tells one target of one event. Blocks, for at most its own time limit; called from many virtual threads at once.
public interface Channel {
    /// @param deliveryId the same for every attempt: the receiver's means to drop a repetition
    DeliveryResult deliver(String deliveryId, IncidentEvent event, String reason, Instant now);
}
