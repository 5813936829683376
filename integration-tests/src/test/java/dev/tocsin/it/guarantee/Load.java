package dev.tocsin.it.guarantee;

import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.TopicWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Incidents of some checks as the engine tells them: they open, change, are acknowledged and written to, close and perhaps reopen; each in order.
public final class Load implements AutoCloseable {
    private static final Severity[] SEVERITIES = {
        Severity.WARNING, Severity.ERROR, Severity.CRITICAL
    };
    private static final Duration OPEN_STEP = Duration.ofSeconds(5);
    private static final Duration CLOSED_AT_MOST = Duration.ofSeconds(12);
    private static final int NOTES_AT_MOST = 5;

    static {
        TrustedRecords.trust();
    }

    private final class Check {
        final String id;
        int incidents;
        long seq;
        boolean open;
        int notes;
        Instant startedAt = Instant.EPOCH;
        Instant failingSince = Instant.EPOCH;
        Instant at = Instant.EPOCH;
        Instant next;
        Severity severity = Severity.WARNING;
        @Nullable String acknowledgedBy;

        Check(String id, Instant first) {
            this.id = id;
            next = first;
        }

        String incident() {
            return id + "-" + incidents;
        }

        void step() {
            if (!open) {
                boolean again = seq > 0 && random.nextInt(3) == 0;
                if (!again) {
                    incidents++;
                    seq = 0;
                    notes = 0;
                }
                open = true;
                acknowledgedBy = null;
                severity = SEVERITIES[random.nextInt(SEVERITIES.length)];
                tell(again ? IncidentEventType.REOPENED : IncidentEventType.OPENED, "failing");
            } else {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> {
                        severity = SEVERITIES[random.nextInt(SEVERITIES.length)];
                        tell(IncidentEventType.UPDATED, "measured");
                    }
                    case 3, 4 -> {
                        acknowledgedBy = acknowledgedBy == null ? "ann" : null;
                        tell(
                                acknowledgedBy == null
                                        ? IncidentEventType.UNACKNOWLEDGED
                                        : IncidentEventType.ACKNOWLEDGED,
                                "by ann");
                    }
                    case 5, 6 -> {
                        if (++notes <= NOTES_AT_MOST) {
                            tell(IncidentEventType.ANNOTATED, incident() + " note " + notes);
                        }
                    }
                    default -> close();
                }
            }
            var most = open ? OPEN_STEP : CLOSED_AT_MOST;
            next = next.plusMillis(50 + random.nextLong(most.toMillis()));
        }

        void close() {
            open = false;
            tell(IncidentEventType.CLOSED, "recovered");
        }

        private void tell(IncidentEventType type, String reason) {
            var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            at = now.isAfter(at) ? now : at.plusMillis(1);
            seq++;
            startedAt = type == IncidentEventType.OPENED ? at : startedAt;
            failingSince =
                    type == IncidentEventType.OPENED || type == IncidentEventType.REOPENED
                            ? at
                            : failingSince;
            send(
                    id,
                    IncidentEvent.newBuilder()
                            .setEventId(incident() + "/" + seq)
                            .setIncidentId(incident())
                            .setSeq(seq)
                            .setType(type)
                            .setKey(id)
                            .setCheckId(id)
                            .setName(id)
                            .setKind(IncidentKind.DOWN)
                            .setSeverity(severity)
                            .setOpen(open)
                            .setReason(reason)
                            .setGrouped(true)
                            .setStartedAt(startedAt)
                            .setFailingSince(failingSince)
                            .setOpenedAt(startedAt)
                            .setAcknowledgedBy(acknowledgedBy)
                            .setAt(at)
                            .setRecurrence(new Recurrence(1, 1))
                            .setDecision(new Decision(1, 1, 1, 0, 1, 1, "DOWN", "load"))
                            .setConfigVersion("v1")
                            .build());
        }
    }

    private final String topic;
    private final Random random;
    private final Producer<String, byte[]> producer;
    private final Serializer<SpecificRecord> avro;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<?> running;
    private final List<Check> checks = new ArrayList<>();
    private volatile boolean ending;
    private int events;

    public Load(KafkaSettings kafka, long seed, int checks) {
        topic = Topics.INCIDENTS.named(kafka.topicPrefix());
        random = new Random(seed);
        producer = TopicWriter.producer(kafka, Map.of());
        avro = AvroSerdes.serializer(kafka.properties());
        var now = Instant.now();
        for (int i = 1; i <= checks; i++) {
            this.checks.add(new Check("check-" + i, now.plusMillis(random.nextLong(5000))));
        }
        running = thread.submit(this::run);
    }

    private void send(String key, IncidentEvent event) {
        producer.send(new ProducerRecord<>(topic, key, avro.serialize(topic, event)));
        events++;
    }

    private void run() {
        var byTime = new PriorityQueue<Check>(Comparator.comparing((Check check) -> check.next));
        byTime.addAll(checks);
        while (!ending) {
            var next = byTime.remove();
            try {
                // The pace of the load, not a condition.
                TimeUnit.MILLISECONDS.sleep(
                        Math.max(0, Duration.between(Instant.now(), next.next).toMillis()));
            } catch (InterruptedException e) {
                break;
            }
            next.step();
            byTime.add(next);
        }
        for (int i = 0; i < checks.size(); i++) {
            if (checks.get(i).open && i % 4 != 0) {
                checks.get(i).close();
            }
        }
        producer.flush();
    }

    /// Closes most of what is open, and no more happens.
    ///
    /// @return how many events there were
    public int end() throws InterruptedException, ExecutionException {
        ending = true;
        running.get();
        return events;
    }

    @Override
    public void close() {
        ending = true;
        thread.shutdownNow();
        producer.close();
        avro.close();
    }
}
