package dev.tocsin.agent.publish;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// The one producer, made when it is first needed: names that do not resolve yet are no reason not to start. Thread-safe.
final class Link {
    private final Supplier<Producer<String, byte[]>> connect;
    private volatile @Nullable Producer<String, byte[]> made;

    Link(Supplier<Producer<String, byte[]>> connect) {
        this.connect = connect;
    }

    /// Made by the uploader alone: nobody waits for it.
    ///
    /// @throws org.apache.kafka.common.KafkaException when it cannot be made now
    Producer<String, byte[]> producer() {
        var sending = made;
        if (sending == null) {
            sending = connect.get();
            made = sending;
        }
        return sending;
    }

    /// @return null as long as there is none
    @Nullable Producer<String, byte[]> ifMade() {
        return made;
    }

    /// Whoever waits in its `send()` is woken.
    void close(Duration within) {
        var sending = made;
        if (sending != null) {
            sending.close(within);
        }
    }
}
