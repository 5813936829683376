package dev.tocsin.standalone.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.jspecify.annotations.Nullable;

/// A Streams app that is measured: ours, or the floor under it.
interface BenchApp extends AutoCloseable {
    Duration LIMIT = Duration.ofMinutes(5);

    /// @param cpu seconds of this process per million results, the broker's included
    record Rate(double perSecond, double cpu) {}

    /// Whether it has all its state.
    boolean ready();

    long seen();

    /// Lets an app take in all checks and end, so that only results are left to do: they are what is measured.
    static void learn(KafkaSettings kafka, String id, Path dir, int checks) throws Exception {
        var metrics = new SimpleMeterRegistry();
        var learned = metrics.counter("tocsin_streams_definitions_total");
        try (var _ =
                new IncidentStreams(app(kafka, id), "1", dir.resolve(id), new Health(), metrics)) {
            await(() -> learned.count() >= checks, () -> learned.count() + " checks");
        }
    }

    private static KafkaSettings app(KafkaSettings kafka, String id) {
        return kafka.with("application.id", id);
    }

    static BenchApp passThrough(KafkaSettings kafka, String id, Path dir) {
        var seen = new AtomicLong();
        var builder = new StreamsBuilder();
        var topic = Topics.CHECK_RESULTS.named(kafka.topicPrefix());
        // One for each thread, as ours has.
        var formats =
                ThreadLocal.withInitial(
                        () -> AvroSerdes.deserializer(kafka.properties(), CheckResult.class));
        builder.stream(topic, Consumed.with(Serdes.String(), Serdes.ByteArray()))
                .foreach((_, value) -> {
                    if (value != null
                            && !formats.get().deserialize(topic, value).getCheckId().isEmpty()) {
                        seen.incrementAndGet();
                    }
                });
        var streams =
                new KafkaStreams(
                        builder.build(),
                        IncidentStreams.properties(app(kafka, id), "1", dir.resolve(id)));
        streams.start();
        return running(
                () -> streams.state() == KafkaStreams.State.RUNNING,
                seen::get,
                () -> streams.close(Duration.ofSeconds(20)));
    }

    /// A process that starts on an empty disk, with what the last one left in Kafka.
    static long backMs(KafkaSettings kafka, String id, Path dir) throws Exception {
        var health = new Health();
        long started = System.nanoTime();
        try (var _ =
                new IncidentStreams(
                        app(kafka, id),
                        "1",
                        dir.resolve(id + "-again"),
                        health,
                        new SimpleMeterRegistry())) {
            await(() -> health.why("streams") == null, () -> health.why("streams"));
            return (System.nanoTime() - started) / 1_000_000;
        }
    }

    static BenchApp incidentStreams(KafkaSettings kafka, String id, Path dir) {
        var metrics = new SimpleMeterRegistry();
        var health = new Health();
        var streams = new IncidentStreams(app(kafka, id), "1", dir.resolve(id), health, metrics);
        return running(
                () -> health.why("streams") == null,
                () ->
                        (long)
                                metrics
                                        .find("tocsin_streams_results_total")
                                        .tag("bucket", "voted")
                                        .counters()
                                        .stream()
                                        .mapToDouble(Counter::count)
                                        .sum(),
                streams::close);
    }

    private static BenchApp running(BooleanSupplier ready, LongSupplier seen, Runnable end) {
        return new BenchApp() {
            @Override
            public boolean ready() {
                return ready.getAsBoolean();
            }

            @Override
            public long seen() {
                return seen.getAsLong();
            }

            @Override
            public void close() {
                end.run();
            }
        };
    }

    /// From when it has all its state and its first result, to its last: what it did while other tasks were still being restored
    /// does not count.
    static Rate measure(BenchApp app, long all) throws Exception {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.gc(); // what was measured before leaves it nothing to clear away
        try (app) {
            await(() -> app.ready() && app.seen() > 0, () -> app.seen() + " results");
            long first = app.seen();
            if (first > all / 2) {
                throw new IllegalStateException(
                        "half of the results were done before it had all its state; give it more with --results");
            }
            long started = System.nanoTime();
            long cpu = system.getProcessCpuTime();
            await(() -> app.seen() >= all, () -> app.seen() + " of " + all + " results");
            long took = System.nanoTime() - started;
            double million = (app.seen() - first) / 1e6;
            return new Rate(
                    million * 1e6 / (took / 1e9),
                    (system.getProcessCpuTime() - cpu) / 1e9 / million);
        }
    }

    private static void await(BooleanSupplier done, Supplier<@Nullable String> far)
            throws InterruptedException {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("after " + LIMIT + " no more than " + far.get());
            }
            Thread.sleep(2); // between looks
        }
    }
}
