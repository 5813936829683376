package dev.tocsin.incident.topology;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Topics;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Which topics feed the [IncidentProcessor] and where its records go.
public final class IncidentTopology {
    private static final String CHECKS = "checks-source";
    private static final String RESULTS = "results-source";
    private static final String PROCESSOR = "incidents";

    private IncidentTopology() {}

    /// @param results and the other serdes: one per task, since they are not thread-safe
    public static Topology build(
            String prefix,
            Supplier<Deserializer<CheckResult>> results,
            Supplier<Deserializer<CheckDefinition>> definitions,
            Supplier<Serializer<IncidentEvent>> events,
            Ticks ticks,
            Counters counters) {
        var strings = Serdes.String().deserializer();
        var bytes = Serdes.ByteArray().deserializer();
        var topology = new Topology();
        topology.addSource(CHECKS, strings, bytes, Topics.CHECKS.named(prefix));
        topology.addSource(RESULTS, strings, bytes, Topics.CHECK_RESULTS.named(prefix));
        topology.addProcessor(
                PROCESSOR,
                new ProcessorSupplier<String, byte[], String, byte[]>() {
                    @Override
                    public Processor<String, byte[], String, byte[]> get() {
                        return new IncidentProcessor(
                                prefix,
                                results.get(),
                                definitions.get(),
                                events.get(),
                                ticks,
                                counters);
                    }

                    @Override
                    public Set<StoreBuilder<?>> stores() {
                        return Set.of(
                                Stores.keyValueStoreBuilder(
                                                Stores.inMemoryKeyValueStore(
                                                        IncidentProcessor.STATES),
                                                Serdes.String(),
                                                Serdes.ByteArray())
                                        .withLoggingEnabled(Map.of()),
                                Stores.keyValueStoreBuilder(
                                                Stores.inMemoryKeyValueStore(
                                                        IncidentProcessor.DEFINITIONS),
                                                Serdes.String(),
                                                Serdes.ByteArray())
                                        .withLoggingEnabled(Map.of()),
                                // Persistent and empty: with it the process id outlives a restart,
                                // and so a restarted process
                                // fences the transaction that its predecessor left open
                                // (research/kafka.md 4.3).
                                Stores.keyValueStoreBuilder(
                                                Stores.persistentKeyValueStore("process-id-anchor"),
                                                Serdes.String(),
                                                Serdes.ByteArray())
                                        .withLoggingDisabled());
                    }
                },
                CHECKS,
                RESULTS);
        sink(topology, IncidentProcessor.INCIDENTS, Topics.INCIDENTS.named(prefix));
        sink(topology, IncidentProcessor.INCIDENT_STATE, Topics.INCIDENT_STATE.named(prefix));
        sink(topology, Topics.CHECKS.deadLetters(prefix), Topics.CHECKS.deadLetters(prefix));
        sink(
                topology,
                Topics.CHECK_RESULTS.deadLetters(prefix),
                Topics.CHECK_RESULTS.deadLetters(prefix));
        return topology;
    }

    private static void sink(Topology topology, String name, String topic) {
        topology.addSink(name, topic, new StringSerializer(), new ByteArraySerializer(), PROCESSOR);
    }
}
