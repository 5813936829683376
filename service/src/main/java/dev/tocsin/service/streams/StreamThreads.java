package dev.tocsin.service.streams;

import dev.tocsin.service.Health;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of a Streams app whose thread has ended: another takes its place, in no hurry. That is counted, and health says it until the new one has
/// worked for a while. One that ends again and again for a reason that does not pass by itself ends the process; so does a double of the same name.
public final class StreamThreads {
    private static final Logger LOG = LoggerFactory.getLogger(StreamThreads.class);

    /// Some three minutes: what a broker or a registry that is restarted needs is less.
    static final int AT_MOST = 12;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// For so long no thread has ended: the one that took its place works.
    private static final Duration LIVES = Duration.ofSeconds(10);

    /// Waits, on the thread that ends.
    interface Pause {
        void sleep(Duration duration) throws InterruptedException;
    }

    private final String part;
    private final Health health;
    private final Pause pause;
    private final Counter replaced;

    /// Threads that ended since one was last seen to work, and those of them whose reason does not pass by itself.
    private final AtomicInteger ended = new AtomicInteger();

    private final AtomicInteger inVain = new AtomicInteger();
    private volatile boolean running;

    /// @param part whose health it is, and what it is called
    public StreamThreads(String part, Health health, MeterRegistry metrics) {
        this(part, health, metrics, Thread::sleep);
    }

    StreamThreads(String part, Health health, MeterRegistry metrics, Pause pause) {
        this.part = part;
        this.health = health;
        this.pause = pause;
        replaced =
                Counter.builder("tocsin_stream_threads_replaced_total")
                        .description("Stream threads that ended and were replaced.")
                        .tag("part", part)
                        .register(metrics);
    }

    /// Before its start.
    public void watch(KafkaStreams streams) {
        streams.setStateListener((state, _) -> became(state));
        streams.setUncaughtExceptionHandler(this::ended);
    }

    void became(State state) {
        running = state == State.RUNNING;
        if (state == State.ERROR) {
            health.failed(part, new IllegalStateException("all stream threads have died"));
        } else if (ended.get() > 0) {
            return; // why it ended says more
        } else if (running) {
            health.fine(part);
        } else {
            health.waiting(
                    part,
                    state == State.REBALANCING
                            ? "waits for its share of the partitions, or restores it"
                            : state.name());
        }
    }

    /// Something was committed.
    public void works() {
        inVain.set(0);
        if (ended.getAndSet(0) > 0) {
            health.fine(part);
        }
    }

    /// Said after each poll.
    ///
    /// @param begun how long ago this thread's consumer was made. It may own nothing, or nothing happens: then there is no commit to see
    public void lives(Duration begun) {
        if (running && begun.compareTo(LIVES) > 0) {
            works();
        }
    }

    /// On the thread that ends: the next begins when this returns.
    StreamThreadExceptionResponse ended(Throwable e) {
        var why = StreamsSettings.root(e);
        LOG.atDebug().setCause(e).log("its stack");
        if (why instanceof FencedInstanceIdException) {
            return refuse(
                    "another process has the same --instance, and has taken over: this one ends",
                    why);
        }
        boolean passes = why instanceof RetriableException;
        if (!passes && inVain.incrementAndGet() > AT_MOST) {
            return refuse(
                    "%d stream threads in a row ended before they got on: %s"
                            .formatted(AT_MOST + 1, why),
                    why);
        }
        replaced.increment();
        int times = ended.incrementAndGet();
        health.waiting(part, why.toString());
        LOG.atWarn()
                .addKeyValue("why", why.toString())
                .log("a stream thread is replaced; what it had begun is done again");
        try {
            long millis = Math.min(LONGEST_PAUSE.toMillis(), 100L << Math.min(times, 10));
            pause.sleep(Duration.ofMillis(millis));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private StreamThreadExceptionResponse refuse(String text, Throwable why) {
        LOG.atError().addKeyValue("part", part).addKeyValue("why", why.toString()).log(text);
        health.refused(part, text);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
}
