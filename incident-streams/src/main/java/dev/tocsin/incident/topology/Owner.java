package dev.tocsin.incident.topology;

import dev.tocsin.schemas.Signal;
import java.time.Instant;

/// Decides on what concerns many partitions: it alone gets the signals of it, by their key.
interface Owner {
    /// Stores what follows, and puts what there is to tell into the outbox.
    ///
    /// @throws org.apache.kafka.common.errors.SerializationException or IllegalArgumentException for a signal that makes no
    ///     sense; nothing is stored then
    void take(Signal signal, Instant now);
}
