package dev.tocsin.standalone.bench;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.Phase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/// Sends rounds: of each check and region one result, all at once, all started now. The regions of a check are next to each other, so that it does not
/// matter which of them decides.
final class Rounds {
    /// What a failure says of itself in a real outage; its bytes are part of what is measured.
    private static final Failure NO_ANSWER =
            new Failure(Phase.TIMEOUT, "timeout", "no answer from 203.0.113.7:443 within 10 s");

    /// @param appendedMs by check the broker's stamp of its last vote, epoch
    record Round(Map<String, Long> appendedMs) {
        /// Of the last vote of all of them.
        long lastMs(Collection<String> checks) {
            return checks.stream()
                    .mapToLong(check -> appendedMs.getOrDefault(check, 0L))
                    .max()
                    .orElse(0);
        }
    }

    private final List<String> checks;
    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final Serializer<CheckResult> avro;
    private long rounds;

    Rounds(
            List<String> checks,
            String topic,
            KafkaProducer<String, byte[]> producer,
            Serializer<CheckResult> avro) {
        this.checks = checks;
        this.topic = topic;
        this.producer = producer;
        this.avro = avro;
    }

    /// Returns when the broker has them all.
    ///
    /// @throws IllegalStateException when it has not taken one
    Round send(Predicate<String> fails) {
        var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var appendedMs = new ConcurrentHashMap<String, Long>();
        var refused = new AtomicReference<Exception>();
        rounds++;
        for (var check : checks) {
            boolean failing = fails.test(check);
            for (var region : Load.REGIONS) {
                var result =
                        CheckResult.newBuilder(Load.result(check, region, rounds, at, failing))
                                .setFailure(failing ? NO_ANSWER : null)
                                .build();
                var _ =
                        producer.send(
                                new ProducerRecord<>(topic, check, avro.serialize(topic, result)),
                                (appended, e) -> {
                                    if (e != null) {
                                        refused.set(e);
                                    } else {
                                        appendedMs.merge(check, appended.timestamp(), Math::max);
                                    }
                                });
            }
        }
        producer.flush();
        var why = refused.get();
        if (why != null) {
            throw new IllegalStateException("a vote was not taken: " + why, why);
        }
        return new Round(Map.copyOf(appendedMs));
    }

    /// How many results that is by now.
    long sent() {
        return rounds * checks.size() * Load.REGIONS.size();
    }
}
