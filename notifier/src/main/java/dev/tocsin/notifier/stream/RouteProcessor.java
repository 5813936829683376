package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.route.Route;
import dev.tocsin.notifier.route.Routing;
import dev.tocsin.notifier.send.Outbox;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.streams.Bugs;
import dev.tocsin.service.streams.Faults;
import dev.tocsin.service.streams.UndoableStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// `[incidents] -> [deliveries]`: one delivery for each target that an event concerns.
public final class RouteProcessor implements Processor<String, byte[], String, byte[]> {
    /// Whom the events of an incident went to, by its id.
    public static final String TOLD = "told";

    public static final String DELIVERIES = "deliveries-sink";

    private static final Duration FORGET_EACH = Duration.ofMinutes(10);

    /// Bounds how long one look for what is to be forgotten takes.
    private static final int FORGOTTEN_AT_ONCE = 5000;

    private static final int EVENT_AT_MOST = 256 * 1024;

    /// A lone event is passed on at once; a backlog with the commits that come by themselves, since each that is asked for costs.
    private static final Duration YOUNG = Duration.ofMillis(200);

    private static final Duration ASK_EACH = Duration.ofMillis(10);

    private final String incidents;
    private final String deliveries;
    private final List<Route> routes;
    private final Predicate<@Nullable String> hasOthers;
    private final Outbox outbox;
    private final Deserializer<IncidentEvent> reader;
    private final Serializer<Delivery> writer;
    private final Faults faults;
    private final InstantSource clock;
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable UndoableStore told;
    private @Nullable String cursor;
    private final Set<String> unreadable = new HashSet<>();
    private Instant askedAt = Instant.EPOCH;

    /// @param hasOthers whether a group has more checks than one
    public RouteProcessor(
            String prefix,
            List<Route> routes,
            Predicate<@Nullable String> hasOthers,
            Outbox outbox,
            Formats formats,
            Bugs bugs,
            InstantSource clock) {
        incidents = Topics.INCIDENTS.named(prefix);
        deliveries = Topics.DELIVERIES.named(prefix);
        this.routes = routes;
        this.hasOthers = hasOthers;
        this.outbox = outbox;
        reader = formats.events();
        writer = formats.delivery();
        faults = new Faults(bugs);
        this.clock = clock;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> task) {
        context = task;
        KeyValueStore<String, byte[]> store = task.getStateStore(TOLD);
        told = new UndoableStore(store);
        task.schedule(FORGET_EACH, PunctuationType.WALL_CLOCK_TIME, _ -> forget());
    }

    private ProcessorContext<String, byte[]> task() {
        return Objects.requireNonNull(context);
    }

    private UndoableStore store() {
        return Objects.requireNonNull(told);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var place = task().recordMetadata().orElseThrow();
        outbox.processed(place.partition(), place.offset());
        store().begin();
        faults.decide(
                task(),
                record,
                incidents,
                () -> read(record).ifPresent(event -> route(event, record.timestamp())),
                new Faults.Undo(store()::isWritten, store()::undo), // it has nothing else
                () -> {});
        store().done();
    }

    private Optional<IncidentEvent> read(Record<String, byte[]> record) {
        requireFits(record);
        var event =
                Faults.read(
                        () -> Optional.ofNullable(reader.deserialize(incidents, record.value())));
        event.ifPresent(one -> {
            if (!one.getKey().equals(record.key())) {
                throw new SerializationException(
                        "key %s is not the event's key %s".formatted(record.key(), one.getKey()));
            }
        });
        return event;
    }

    /// Everything is encoded before the first is forwarded.
    private void route(IncidentEvent event, long appendedMs) {
        var kept = store().get(event.getIncidentId());
        var plan =
                Routing.plan(
                        event,
                        routes,
                        kept == null ? null : ToldCodec.decode(kept),
                        hasOthers.test(event.getGroup()));
        if (plan == null) {
            return;
        }
        store().put(event.getIncidentId(), ToldCodec.encode(plan.after()));
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var letters = new ArrayList<Record<String, byte[]>>();
        write(event, plan.own(), false, plan.waits(), now, letters);
        write(event, plan.context(), true, false, now, letters);
        letters.forEach(letter -> task().forward(letter, DELIVERIES));
        if (Duration.between(Instant.ofEpochMilli(appendedMs), now).compareTo(YOUNG) < 0
                && now.isAfter(askedAt.plus(ASK_EACH))) {
            askedAt = now;
            task().commit();
        }
    }

    /// What is larger could not be passed on, and would be met again for ever.
    private static void requireFits(Record<String, byte[]> record) {
        if (record.value() != null && record.value().length > EVENT_AT_MOST) {
            throw new SerializationException(
                    record.value().length + " bytes are too large: an event has 64 kB at most");
        }
    }

    private void write(
            IncidentEvent event,
            Map<String, String> targets,
            boolean isContext,
            boolean waits,
            Instant now,
            List<Record<String, byte[]>> letters) {
        targets.forEach((target, reason) -> {
            var delivery =
                    Delivery.newBuilder()
                            .setDeliveryId(
                                    UUID.nameUUIDFromBytes(
                                                    (event.getEventId() + "/" + target)
                                                            .getBytes(StandardCharsets.UTF_8))
                                            .toString())
                            .setTargetId(target)
                            .setIncidentId(event.getIncidentId())
                            .setEventId(event.getEventId())
                            .setSeq(event.getSeq())
                            .setReason(reason)
                            .setCreatedAt(now)
                            .setContext(isContext)
                            .setWaits(waits)
                            .setEvent(event)
                            .build();
            letters.add(
                    new Record<>(
                            target, writer.serialize(deliveries, delivery), now.toEpochMilli()));
        });
    }

    private void forget() {
        var now = clock.instant();
        int seen = 0;
        String last = null;
        try (var all = store().range(cursor, null)) {
            while (all.hasNext() && seen < FORGOTTEN_AT_ONCE) {
                var entry = all.next();
                seen++;
                last = entry.key;
                forget(entry.key, entry.value, now);
            }
        }
        cursor = seen < FORGOTTEN_AT_ONCE ? null : last;
    }

    /// What this build cannot read is left there, and said once.
    private void forget(String incident, byte[] kept, Instant now) {
        if (unreadable.contains(incident)) {
            return;
        }
        faults.contain(
                "whom " + incident + " was told to",
                () -> {
                    if (ToldCodec.decode(kept).forgotten(now)) {
                        store().delete(incident);
                    }
                },
                () -> {},
                () -> unreadable.add(incident));
    }
}
