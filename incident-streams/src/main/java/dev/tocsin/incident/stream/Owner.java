package dev.tocsin.incident.stream;

import dev.tocsin.schemas.Signal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Decides on what concerns many partitions: it alone gets the signals of it, by their key.
public interface Owner {
    /// Stores what follows, and puts what there is to tell into the outbox.
    ///
    /// @return what of it is refused, and why; the rest was taken. Null when all of it was
    /// @throws org.apache.kafka.common.errors.SerializationException for a signal that makes no sense
    @Nullable String take(Signal signal, Instant now);

    /// Time has passed: does what waits for it, as [#take] does. Once a second, and costs nothing where nothing waits.
    default void tick(Instant now) {}
}
