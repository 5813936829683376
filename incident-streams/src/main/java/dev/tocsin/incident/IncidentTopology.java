package dev.tocsin.incident;

import dev.tocsin.incident.stream.AgentSource;
import dev.tocsin.incident.stream.Announcer;
import dev.tocsin.incident.stream.Counters;
import dev.tocsin.incident.stream.Formats;
import dev.tocsin.incident.stream.IncidentProcessor;
import dev.tocsin.incident.stream.MaintenanceSource;
import dev.tocsin.incident.stream.Outbox;
import dev.tocsin.incident.stream.Places;
import dev.tocsin.incident.stream.ReportSource;
import dev.tocsin.incident.stream.SignalProcessor;
import dev.tocsin.incident.stream.Ticks;
import dev.tocsin.incident.stream.UserReportDesk;
import dev.tocsin.incident.wire.FleetWire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.streams.AppState;
import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.StreamsSettings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// Which topics feed which processor, and where their records go:
///
/// ```
/// checks, check-results, signals, incident-commands -> IncidentProcessor -> incidents, incident-state, signals; ticks to the next
///                                    signals, ticks -> SignalProcessor   -> incidents, incident-state, signals
///                 maintenance, agents, user-reports -> Announcer         -> signals
/// ```
public final class IncidentTopology {
    private static final String SIGNALS = "signals-sink";

    /// Without a key to every partition, with one to the partition of the key.
    private static final StreamPartitioner<String, byte[]> ROUTE =
            (_, key, _, partitions) ->
                    Optional.of(
                            key == null
                                    ? IntStream.range(0, partitions)
                                            .boxed()
                                            .collect(Collectors.toSet())
                                    : Set.of(Place.partition(key, partitions)));

    /// All that it reads.
    static final List<Topic<?>> READ =
            List.of(
                    Topics.CHECKS,
                    Topics.CHECK_RESULTS,
                    Topics.SIGNALS,
                    Topics.INCIDENT_COMMANDS,
                    Topics.MAINTENANCE,
                    Topics.AGENTS,
                    Topics.USER_REPORTS);

    /// What it keeps.
    public static AppState state() {
        return new AppState(
                StreamsSettings.INCIDENT_STREAMS,
                READ.stream().map(Topic::name).toList(),
                Places.ALL);
    }

    private interface Make {
        Processor<String, byte[], String, byte[]> processor();
    }

    private final Topology topology = new Topology();
    private final Map<String, StoreBuilder<?>> kept = new HashMap<>();
    private final String prefix;
    private final UnaryOperator<String> topicIds;

    private IncidentTopology(String prefix, UnaryOperator<String> topicIds) {
        this.prefix = prefix;
        this.topicIds = topicIds;
    }

    /// @param topicIds see [dev.tocsin.service.streams.Decided]
    public static Topology build(
            String prefix,
            UnaryOperator<String> topicIds,
            Formats formats,
            Ticks ticks,
            Counters counters) {
        return new IncidentTopology(prefix, topicIds).build(formats, ticks, counters);
    }

    private Topology build(Formats formats, Ticks ticks, Counters counters) {
        source(Topics.CHECKS);
        source(Topics.CHECK_RESULTS);
        source(Topics.SIGNALS);
        source(Topics.INCIDENT_COMMANDS);
        var stores = new HashSet<StoreBuilder<?>>();
        IncidentProcessor.STORES.forEach(name -> stores.add(kept(name)));
        // Persistent and empty: with it the process id outlives a restart, and so a restarted
        // process fences the transaction that its predecessor left open (research/kafka.md 4.3).
        stores.add(builder(Stores.persistentKeyValueStore(Places.ANCHOR)).withLoggingDisabled());
        processor(
                "incidents",
                () ->
                        new IncidentProcessor(
                                prefix,
                                SignalProcessor.NODE,
                                formats,
                                topicIds,
                                outbox(SIGNALS, formats, counters),
                                ticks,
                                counters),
                stores,
                Topics.CHECKS.name(),
                Topics.CHECK_RESULTS.name(),
                Topics.SIGNALS.name(),
                Topics.INCIDENT_COMMANDS.name());
        processor(
                "signals",
                () ->
                        new SignalProcessor(
                                prefix,
                                formats.signals().get(),
                                formats.commands().get(),
                                topicIds,
                                outbox(SIGNALS, formats, counters),
                                counters),
                SignalProcessor.STORES.stream().map(this::kept).collect(Collectors.toSet()),
                Topics.SIGNALS.name(),
                "incidents-processor"); // hands ticks on
        sink(Outbox.INCIDENTS, Topics.INCIDENTS.named(prefix), "incidents", "signals");
        sink(Outbox.INCIDENT_STATE, Topics.INCIDENT_STATE.named(prefix), "incidents", "signals");
        signals(SIGNALS, "incidents", "signals");
        deadLetters(Topics.CHECKS, "incidents");
        deadLetters(Topics.CHECK_RESULTS, "incidents");
        deadLetters(Topics.SIGNALS, "incidents", "signals");
        deadLetters(Topics.INCIDENT_COMMANDS, "incidents", "signals");
        announcer(
                Topics.MAINTENANCE,
                _ -> null,
                formats.windows(),
                MaintenanceSource::new,
                formats,
                counters);
        announcer(
                Topics.AGENTS,
                _ -> FleetWire.KEY,
                formats.agents(),
                AgentSource::new,
                formats,
                counters);
        announcer(
                Topics.USER_REPORTS,
                signal -> UserReportDesk.key(signal.getSubject()),
                formats.reports(),
                ReportSource::new,
                formats,
                counters);
        return topology;
    }

    /// A sub-topology of its own: its topic's partitions are not those of the others.
    private <T extends SpecificRecord> void announcer(
            Topic<T> topic,
            Function<Signal, @Nullable String> key,
            Supplier<Deserializer<T>> values,
            Supplier<Announcer.Source<T>> sources,
            Formats formats,
            Counters counters) {
        var sink = topic.name() + "-signals-sink";
        source(topic);
        processor(
                topic.name(),
                () ->
                        new Announcer<>(
                                topic,
                                prefix,
                                key,
                                values.get(),
                                sources.get(),
                                topicIds,
                                outbox(sink, formats, counters),
                                counters),
                Set.of(kept(Announcer.store(topic))),
                topic.name());
        signals(sink, topic.name());
        deadLetters(topic, topic.name());
    }

    private Outbox outbox(String signalsSink, Formats formats, Counters counters) {
        return new Outbox(
                prefix, signalsSink, formats.eventWriter(), formats.signalWriter(), counters);
    }

    /// The same for all processors that share it.
    private StoreBuilder<?> kept(String name) {
        return kept.computeIfAbsent(
                name,
                _ -> builder(Stores.inMemoryKeyValueStore(name)).withLoggingEnabled(Map.of()));
    }

    private static StoreBuilder<?> builder(KeyValueBytesStoreSupplier store) {
        return Stores.keyValueStoreBuilder(store, Serdes.String(), Serdes.ByteArray());
    }

    private void source(Topic<?> topic) {
        topology.addSource(
                topic.name(),
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                topic.named(prefix));
    }

    private void processor(String name, Make make, Set<StoreBuilder<?>> stores, String... parents) {
        topology.addProcessor(
                name + "-processor",
                new ProcessorSupplier<String, byte[], String, byte[]>() {
                    @Override
                    public Processor<String, byte[], String, byte[]> get() {
                        return make.processor();
                    }

                    @Override
                    public Set<StoreBuilder<?>> stores() {
                        return stores;
                    }
                },
                parents);
    }

    private void sink(String name, String topic, String... processors) {
        topology.addSink(
                name,
                topic,
                new StringSerializer(),
                new ByteArraySerializer(),
                parents(processors));
    }

    private void signals(String name, String... processors) {
        topology.addSink(
                name,
                Topics.SIGNALS.named(prefix),
                new StringSerializer(),
                new ByteArraySerializer(),
                ROUTE,
                parents(processors));
    }

    private void deadLetters(Topic<?> topic, String... processors) {
        sink(topic.deadLetters(prefix), topic.deadLetters(prefix), processors);
    }

    private static String[] parents(String... processors) {
        return Stream.of(processors).map(name -> name + "-processor").toArray(String[]::new);
    }
}
