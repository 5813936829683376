package dev.tocsin.agent;

import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.agent.publish.HourCounts;
import dev.tocsin.agent.publish.ResultPublisher;
import dev.tocsin.agent.schedule.AgentsTopic;
import dev.tocsin.agent.schedule.Canaries;
import dev.tocsin.agent.schedule.ChecksTopic;
import dev.tocsin.agent.schedule.LastKnownChecks;
import dev.tocsin.agent.schedule.Origin;
import dev.tocsin.agent.schedule.Scheduler;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.RegistryLease;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.Loop;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.progress.ProgressWatch;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// One agent: runs the checks of its region and publishes what it finds. Starts without Kafka and goes on without it.
public final class Agent implements AutoCloseable {
    private static final int HISTORY_SECONDS = 30;
    private final Lifecycle lifecycle = new Lifecycle();

    /// @param given with a registry's client to share, or one is made
    /// @param checks definitions from the agent's own file; those of the `checks` topic come on top
    /// @param dataDir this agent's own folder, kept over restarts
    /// @param env where `${NAME}` of a check is looked up
    public Agent(
            AgentConfig config,
            KafkaSettings given,
            List<CheckDefinition> checks,
            Path dataDir,
            Map<String, String> env,
            Health health,
            MeterRegistry metrics) {
        var registry = lifecycle.closing("registry", RegistryLease.of(given.serdes())).registry();
        var kafka = given.carrying(RegistryLease.CARRIED, registry);
        var clock = InstantSource.system();
        long bootEpoch = clock.millis();
        var publisher =
                lifecycle.closing(
                        "publisher",
                        new ResultPublisher(
                                kafka,
                                dataDir.resolve("spool"),
                                (long) config.spoolMb() << 20,
                                health));
        var origin = new Origin(config.region(), config.id(), bootEpoch);
        var heartbeat = new Heartbeat(origin, clock, publisher);
        lifecycle.onClose("farewell", heartbeat::leave);
        lifecycle.closing("topic watch", TopicCheck.watch(kafka, registry, health));
        var unread = new Unread(metrics);
        var positions = new Positions();
        var others =
                lifecycle.closing(
                        "agents topic", new AgentsTopic(kafka, origin, health, unread, positions));
        var hours = new HourCounts();
        var resolver = new Resolver(config.hosts());
        var canaries = new Canaries(config.canaries(), config.secretsFrom(env), resolver);
        var scheduler =
                lifecycle.closing(
                        "scheduler",
                        new Scheduler(
                                origin,
                                config.concurrency(),
                                clock,
                                config.secretsFrom(env),
                                resolver,
                                canaries,
                                others::mine,
                                result -> {
                                    hours.count(result);
                                    publisher.publish(result);
                                },
                                health));
        checks.forEach(scheduler::put);
        lifecycle.closing(
                "checks topic",
                new ChecksTopic(
                        kafka,
                        scheduler,
                        new LastKnownChecks(dataDir.resolve("checks.avro")),
                        health,
                        unread,
                        positions));
        lifecycle.closing(
                "progress",
                new ProgressWatch(
                        kafka,
                        "agent",
                        Topics.CHECKS.named(kafka.topicPrefix()),
                        positions,
                        health,
                        metrics));
        var timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("agent-timer").factory());
        lifecycle.onClose("timer", timer::shutdownNow);
        Runnable history =
                () ->
                        hours.tell(
                                clock.instant(),
                                (key, hour) -> {
                                    publisher.tell(Topics.CHECK_HOURS, key, hour);
                                    return true;
                                });
        var _ =
                timer.scheduleAtFixedRate(
                        Loop.task(
                                "heartbeat",
                                health,
                                () -> heartbeat.eachSecond(scheduler, canaries)),
                        1,
                        1,
                        TimeUnit.SECONDS);
        var _ =
                timer.scheduleAtFixedRate(
                        Loop.task("history", health, history),
                        HISTORY_SECONDS,
                        HISTORY_SECONDS,
                        TimeUnit.SECONDS);
        lifecycle.onClose("history", history::run); // hands over, and waits for nothing
        Gauge.builder("tocsin_agent_checks", scheduler, Scheduler::checks)
                .description("Checks that this agent runs now.")
                .tag("region", config.region())
                .register(metrics);
        FunctionCounter.builder(
                        "tocsin_agent_published_results", publisher, ResultPublisher::published)
                .description("Results that Kafka has taken.")
                .tag("region", config.region())
                .register(metrics);
        FunctionCounter.builder("tocsin_agent_clipped_results", publisher, ResultPublisher::clipped)
                .description("Results that were too large, and were cut.")
                .tag("region", config.region())
                .register(metrics);
        Gauge.builder("tocsin_agent_pending_results", publisher, ResultPublisher::pending)
                .description("Results that Kafka has not taken yet.")
                .tag("region", config.region())
                .register(metrics);
        Gauge.builder("tocsin_agent_spool_pending_bytes", publisher, ResultPublisher::pendingBytes)
                .description("Bytes on disk that Kafka has not taken yet.")
                .tag("region", config.region())
                .register(metrics);
        Gauge.builder("tocsin_agent_lost_results", publisher, ResultPublisher::lost)
                .description(
                        "Results that were lost, as the disk was full, broken or too small for them.")
                .tag("region", config.region())
                .register(metrics);
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
