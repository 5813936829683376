package dev.tocsin.service;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the topics again and again while a service runs: what changes and would lose or mislead is said within a minute. That Kafka is
/// away is for others to say. A thread of its own.
public final class TopicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);

    /// How often.
    public static final Duration MINUTE = Duration.ofMinutes(1);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Looks at the topics.
    public interface Check {
        /// @throws RetriableException when Kafka is away, as ExecutionException
        Seen look(Admin admin) throws ExecutionException, InterruptedException;
    }

    /// What it saw; both null when all is well.
    ///
    /// @param refuses why the process ends
    /// @param waits what a command mends
    public record Seen(@Nullable String refuses, @Nullable String waits) {}

    private final KafkaSettings kafka;
    private final Health health;
    private final String part;
    private final Duration pause;
    private final Thread thread;
    private @Nullable Admin admin;

    private TopicWatch(
            KafkaSettings kafka,
            Health health,
            String part,
            @Nullable Check first,
            Check next,
            Duration pause) {
        this.kafka = kafka;
        this.health = health;
        this.part = part;
        this.pause = pause;
        thread =
                Thread.ofVirtual()
                        .name("topic-watch")
                        .start(() -> {
                            try {
                                watch(first, next);
                            } catch (InterruptedException | InterruptException e) {
                                Thread.currentThread().interrupt(); // asked to end
                            } catch (Throwable e) {
                                LOG.atError()
                                        .addKeyValue("part", part)
                                        .setCause(e)
                                        .log("bug: topics are no longer looked at");
                                health.gaveUp(part, "topics are no longer looked at: " + e);
                            } finally {
                                if (admin != null) {
                                    admin.close(PATIENCE);
                                }
                            }
                        });
    }

    /// Of a service that has started, its topics being well.
    public static TopicWatch running(
            KafkaSettings kafka, Health health, String part, Check check, Duration pause) {
        return new TopicWatch(kafka, health, part, null, check, pause);
    }

    /// Of a service that starts without Kafka: not ready until the topics were seen to be well.
    ///
    /// @param first asked until all is well
    public static TopicWatch starting(
            KafkaSettings kafka,
            Health health,
            String part,
            Check first,
            Check next,
            Duration pause) {
        health.waiting(part, "not looked at yet");
        return new TopicWatch(kafka, health, part, first, next, pause);
    }

    private void watch(@Nullable Check first, Check next) throws InterruptedException {
        for (boolean well = first == null; !well && first != null; ) {
            try {
                var seen = look(first);
                if (seen.refuses() != null) {
                    refuse(seen.refuses());
                    return;
                }
                well = seen.waits() == null;
                if (seen.waits() != null) {
                    waits(seen.waits());
                }
            } catch (ExecutionException | RetriableException e) {
                health.waiting(part, String.valueOf(cause(e).getMessage()));
            } catch (RuntimeException e) {
                waits(cause(e).toString());
            }
            if (!well) {
                Thread.sleep(RETRY);
            }
        }
        health.fine(part);
        for (Thread.sleep(pause); again(next); Thread.sleep(pause)) {
            LOG.debug("looked at");
        }
    }

    /// @return false when it is over
    private boolean again(Check check) throws InterruptedException {
        try {
            var seen = look(check);
            if (seen.refuses() != null) {
                refuse(seen.refuses());
                return false;
            }
            if (seen.waits() == null) {
                health.recovered(part);
            } else {
                if (!seen.waits().equals(health.troubles().get(part))) {
                    LOG.atError().log(seen.waits());
                }
                health.failing(part, seen.waits());
            }
        } catch (InterruptException e) {
            throw e;
        } catch (ExecutionException | RuntimeException e) {
            LOG.atDebug().setCause(e).log("topics cannot be looked at now");
        }
        return true;
    }

    private Seen look(Check check) throws ExecutionException, InterruptedException {
        var looking = admin;
        if (looking == null) {
            looking = kafka.admin(ANSWERS_WITHIN);
            admin = looking;
        }
        return check.look(looking);
    }

    private void refuse(String why) {
        LOG.atError().log(why);
        health.refused(part, why);
    }

    private void waits(String why) {
        if (!why.equals(health.why(part))) {
            LOG.atWarn().log(why);
        }
        health.waiting(part, why);
    }

    private static Throwable cause(Exception e) {
        return e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(PATIENCE);
    }
}
