package dev.tocsin.service.streams;

import dev.tocsin.service.Health;
import dev.tocsin.service.progress.Spell;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// What becomes of a Streams app whose thread has ended: another takes its place, in no hurry. That is counted, and health says it until the new one has
/// worked for a while. One that ends again and again for a reason that does not pass by itself ends the process; so does a double of the same name.
public final class StreamThreads {
    private static final Logger LOG = LoggerFactory.getLogger(StreamThreads.class);

    /// Some three minutes, as the next thread waits for the session of the one before.
    static final int AT_MOST = 12;

    /// Shorter than a transaction may last, which the thread that ends has still open.
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /// After so long without an end the thread that took the place works: longer than it needs to meet the same record, its session, its state and all.
    private static final Duration LIVES = Duration.ofSeconds(30);

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);

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
    private final LongSupplier nanoTime;
    private final Spell spell = new Spell();
    private volatile boolean running;

    /// Since a thread has ended, or none has run.
    private volatile long beganNanos;

    private volatile boolean pausing;

    /// @param part whose health it is, and what it is called
    public StreamThreads(String part, Health health, MeterRegistry metrics) {
        this(part, health, metrics, Thread::sleep, System::nanoTime);
    }

    StreamThreads(
            String part, Health health, MeterRegistry metrics, Pause pause, LongSupplier nanoTime) {
        this.part = part;
        this.health = health;
        this.pause = pause;
        this.nanoTime = nanoTime;
        beganNanos = nanoTime.getAsLong();
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

    /// A planned stop: leaves the group, so that others take over at once.
    public static void stop(KafkaStreams streams) {
        streams.close(
                CloseOptions.timeout(STOPS_WITHIN)
                        .withGroupMembershipOperation(
                                CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }

    void became(State state) {
        if (state == State.RUNNING && !running) {
            beganNanos = nanoTime.getAsLong();
        }
        running = state == State.RUNNING;
        if (state == State.ERROR) {
            health.gaveUp(part, "all stream threads have died");
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
            goesOn();
        }
    }

    /// Said after each poll: it may own nothing, or nothing happens, and then there is no commit to see.
    public void lives() {
        if (ended.get() > 0
                && running
                && !pausing
                && nanoTime.getAsLong() - beganNanos > LIVES.toNanos()) {
            works();
        }
    }

    /// On the thread that ends: the next begins when this returns.
    StreamThreadExceptionResponse ended(Throwable e) {
        var why = StreamsSettings.root(e);
        LOG.atDebug().setCause(e).log("its stack");
        if (why instanceof FencedInstanceIdException) {
            return end(
                    "another process has the same --instance, and has taken over: this one ends",
                    e,
                    false);
        }
        boolean passes = passes(e);
        if (!passes && inVain.incrementAndGet() > AT_MOST) {
            return end(
                    "%d stream threads in a row ended before they got on: %s"
                            .formatted(AT_MOST + 1, why),
                    e,
                    true);
        }
        replaced.increment();
        int times = ended.incrementAndGet();
        health.waiting(part, why.toString());
        say(e);
        pausing = true;
        try {
            long millis = Math.min(LONGEST_PAUSE.toMillis(), 100L << Math.min(times, 10));
            pause.sleep(Duration.ofMillis(millis));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        beganNanos = nanoTime.getAsLong();
        pausing = false;
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /// When it begins, and once a minute while it lasts.
    private synchronized void say(Throwable e) {
        var word = spell.next(true, Duration.ofNanos(nanoTime.getAsLong()));
        if (word == null) {
            return;
        }
        withStack(LOG.atWarn(), e)
                .log("a stream thread is replaced; what it had begun is done again");
    }

    /// Of a bug: what Kafka throws says in a line what it is.
    private LoggingEventBuilder withStack(LoggingEventBuilder line, Throwable e) {
        var why = StreamsSettings.root(e);
        var said = line.addKeyValue("part", part).addKeyValue("why", why.toString());
        return why instanceof KafkaException ? said : said.setCause(e);
    }

    private synchronized void goesOn() {
        var after = spell.end(Duration.ofNanos(nanoTime.getAsLong()));
        LOG.atInfo()
                .addKeyValue("part", part)
                .addKeyValue("after-s", after.toSeconds())
                .log("goes on");
    }

    /// Brokers, a registry, passwords and rights that are being mended: whoever waits loses nothing.
    private static boolean passes(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException
                    || cause instanceof AuthenticationException
                    || cause instanceof AuthorizationException) {
                return true;
            }
        }
        return false;
    }

    private StreamThreadExceptionResponse end(String text, Throwable e, boolean startAgain) {
        withStack(LOG.atError(), e).log(text);
        if (startAgain) {
            health.gaveUp(part, text);
        } else {
            health.refused(part, text);
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
}
