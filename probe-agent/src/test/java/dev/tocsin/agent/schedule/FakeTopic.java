package dev.tocsin.agent.schedule;

import dev.tocsin.service.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// A topic as a list of what each poll gives: records, or why there are none.
final class FakeTopic implements Reading {
    /// A record.
    record Said(@Nullable String key, @Nullable String text) {}

    private final String name;
    private final BlockingQueue<Runnable> polls = new LinkedBlockingQueue<>();
    private final List<ConsumerRecord<String, byte[]>> given = new ArrayList<>();
    private long offset;
    private volatile boolean caughtUp;
    private volatile boolean closed;
    private volatile boolean woken;

    FakeTopic(String name) {
        this.name = name;
    }

    @Override
    public ConsumerRecords<String, byte[]> poll(Duration timeout) {
        try {
            var next = polls.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
            given.clear();
            if (next != null) {
                next.run();
            }
            return given.isEmpty()
                    ? ConsumerRecords.empty()
                    : new ConsumerRecords<>(
                            Map.of(new TopicPartition(name, 0), List.copyOf(given)), Map.of());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    void throwsOnce(RuntimeException why) {
        polls.add(() -> {
            throw why;
        });
    }

    /// @param more whether there was more at the start
    void gives(boolean more, Said... records) {
        polls.add(() -> {
            for (var said : records) {
                var value =
                        said.text() == null ? null : said.text().getBytes(StandardCharsets.UTF_8);
                given.add(new ConsumerRecord<>(name, 0, offset++, said.key(), value));
            }
            caughtUp = !more;
        });
    }

    /// Whether there is nothing more to poll.
    boolean isRead() {
        return polls.isEmpty();
    }

    boolean closed() {
        return closed;
    }

    boolean woken() {
        return woken;
    }

    @Override
    public boolean caughtUp() {
        return caughtUp;
    }

    @Override
    public void wakeup() {
        woken = true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
