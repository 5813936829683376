package dev.tocsin.service;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.TimeoutException;

/// Reads on until all is read that there was at the start, and no longer than something comes of it.
final class WholeRead {
    private static final Duration POLL = Duration.ofMillis(200);

    /// So long without a record Kafka may be away, and is asked.
    static final Duration QUIET = Duration.ofSeconds(5);

    /// A transaction whose owner died is aborted sooner.
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Reading reading;
    private final Runnable requireAnswer;
    private final Supplier<String> missing;
    private final LongSupplier nanoTime;

    /// @param requireAnswer throws when Kafka does not answer
    /// @param missing what is not handed over yet, for people
    WholeRead(
            Reading reading,
            Runnable requireAnswer,
            Supplier<String> missing,
            LongSupplier nanoTime) {
        this.reading = reading;
        this.requireAnswer = requireAnswer;
        this.missing = missing;
        this.nanoTime = nanoTime;
    }

    /// @throws TimeoutException saying what is missing, when Kafka answers and nothing more comes
    void to(Consumer<ConsumerRecords<String, byte[]>> seen) {
        long came = nanoTime.getAsLong();
        long answered = came;
        while (!reading.caughtUp()) {
            var records = reading.poll(POLL);
            seen.accept(records);
            long now = nanoTime.getAsLong();
            if (!records.isEmpty()) {
                came = now;
                answered = now;
            } else if (now - came > PATIENCE.toNanos()) {
                throw new TimeoutException(missing.get());
            } else if (now - answered > QUIET.toNanos()) {
                requireAnswer.run();
                answered = nanoTime.getAsLong();
            }
        }
    }
}
