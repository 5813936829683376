package dev.tocsin.service;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/// Records of topics, one batch after the other. One thread, but for [#wakeup].
public interface Reading extends AutoCloseable {
    /// The next records.
    ///
    /// @throws org.apache.kafka.common.errors.RetriableException when Kafka does not answer or a topic does not exist
    ///     (yet): a later call may go through
    ConsumerRecords<String, byte[]> poll(Duration timeout);

    /// Whether everything that was there at the first [#poll] has been handed over.
    boolean caughtUp();

    /// Ends a [#poll] under way with a [org.apache.kafka.common.errors.WakeupException]. Any thread.
    void wakeup();

    @Override
    void close();
}
