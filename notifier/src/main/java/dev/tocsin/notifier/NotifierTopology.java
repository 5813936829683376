package dev.tocsin.notifier;

import dev.tocsin.notifier.send.Handover;
import dev.tocsin.notifier.stream.MailboxProcessor;
import dev.tocsin.notifier.stream.RouteProcessor;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// Both halves:
///
/// ```
/// incidents  -> RouteProcessor   -> deliveries
/// deliveries -> MailboxProcessor -> delivery-attempts; messages to the senders, whose answers come back to it
/// ```
final class NotifierTopology {
    private final Topology topology = new Topology();
    private final String prefix;

    private NotifierTopology(String prefix) {
        this.prefix = prefix;
    }

    /// @param hasOthers whether a group has more checks than one
    static Topology build(
            KafkaSettings kafka,
            NotifyConfig config,
            Predicate<@Nullable String> hasOthers,
            Handover handover,
            InstantSource clock) {
        var properties = kafka.properties();
        var all = new NotifierTopology(kafka.topicPrefix());
        all.half(
                "route",
                Topics.INCIDENTS,
                RouteProcessor.TOLD,
                () ->
                        new RouteProcessor(
                                kafka.topicPrefix(),
                                config.routes(),
                                hasOthers,
                                handover,
                                AvroSerdes.deserializer(properties, IncidentEvent.class),
                                AvroSerdes.serializer(properties),
                                clock));
        all.half(
                "mailbox",
                Topics.DELIVERIES,
                MailboxProcessor.MAILBOXES,
                () ->
                        new MailboxProcessor(
                                kafka.topicPrefix(),
                                config.targets(),
                                handover,
                                MailboxProcessor.Formats.avro(kafka),
                                clock));
        all.sink(RouteProcessor.DELIVERIES, Topics.DELIVERIES.named(all.prefix), "route");
        all.sink(MailboxProcessor.ALARMS, Topics.DELIVERIES.named(all.prefix), "mailbox");
        all.sink(MailboxProcessor.ATTEMPTS, Topics.DELIVERY_ATTEMPTS.named(all.prefix), "mailbox");
        all.deadLetters(Topics.INCIDENTS, "route");
        all.deadLetters(Topics.DELIVERIES, "mailbox");
        return all.topology;
    }

    private void deadLetters(Topic<?> topic, String from) {
        var name = topic.deadLetters(prefix);
        sink(name, name, from);
    }

    private void half(
            String name,
            Topic<?> source,
            String store,
            Supplier<Processor<String, byte[], String, byte[]>> processor) {
        topology.addSource(
                source.name(),
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                source.named(prefix));
        topology.addProcessor(
                name,
                new ProcessorSupplier<String, byte[], String, byte[]>() {
                    @Override
                    public Processor<String, byte[], String, byte[]> get() {
                        return processor.get();
                    }

                    @Override
                    public Set<StoreBuilder<?>> stores() {
                        return Set.of(
                                Stores.keyValueStoreBuilder(
                                                Stores.persistentKeyValueStore(store),
                                                Serdes.String(),
                                                Serdes.ByteArray())
                                        .withCachingDisabled());
                    }
                },
                source.name());
    }

    private void sink(String name, String topic, String from) {
        topology.addSink(name, topic, new StringSerializer(), new ByteArraySerializer(), from);
    }
}
