package dev.tocsin.notifier;

import dev.tocsin.notifier.send.Outbox;
import dev.tocsin.notifier.send.Taken;
import dev.tocsin.notifier.stream.Formats;
import dev.tocsin.notifier.stream.MailboxProcessor;
import dev.tocsin.notifier.stream.RouteProcessor;
import dev.tocsin.notifier.stream.Successor;
import dev.tocsin.notifier.stream.TargetMeters;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.streams.Bugs;
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

    /// @param prefix of topics
    /// @param hasOthers whether a group has more checks than one
    static Topology build(
            String prefix,
            NotifyConfig config,
            Predicate<@Nullable String> hasOthers,
            Outbox outbox,
            Successor successor,
            Formats formats,
            TargetMeters meters,
            Bugs bugs,
            InstantSource clock) {
        var all = new NotifierTopology(prefix);
        var taken = new Taken();
        all.half(
                "route",
                Topics.INCIDENTS,
                RouteProcessor.TOLD,
                () ->
                        new RouteProcessor(
                                prefix, config.routes(), hasOthers, outbox, formats, bugs, clock));
        all.half(
                "mailbox",
                Topics.DELIVERIES,
                MailboxProcessor.MAILBOXES,
                () ->
                        new MailboxProcessor(
                                prefix,
                                config.targets(),
                                config.watchers(),
                                outbox,
                                taken,
                                successor,
                                formats,
                                meters,
                                bugs,
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
