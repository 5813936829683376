package dev.tocsin.standalone.bench;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.TopicWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// What a topic is filled with: so many checks, and of each region as many results as make `results` in all, at the check's interval.
///
/// @param failingPercent of the checks, in all regions
record Load(int checks, int failingPercent, int results) {
    static final List<String> REGIONS = List.of("r0", "r1", "r2");
    static final int LANES = 3;

    int turns() {
        return results / checks / REGIONS.size();
    }

    /// How many results its topic holds: whole turns alone.
    long sent() {
        return (long) turns() * checks * REGIONS.size();
    }

    /// Between two results of a check in one region, in ms: all of them lie within five minutes, late is none.
    long intervalMs() {
        return Math.clamp(300_000 / turns(), 100, 60_000);
    }

    String prefix() {
        return "bench-" + checks + "-" + failingPercent + ".";
    }

    @Override
    public String toString() {
        return "%,d checks, %d %% failing".formatted(checks, failingPercent);
    }

    /// @param group of services: a hundred checks share one
    static CheckDefinition check(String id, String group, long intervalMs, int failureThreshold) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("v1")
                .setName(id)
                .setService("bench")
                .setGroup(group)
                .setUrl("http://bench/")
                .setProbe("http")
                .setIntervalMs(intervalMs)
                .setTimeoutMs(100)
                .setRegions(REGIONS)
                .setIncident(
                        IncidentPolicy.newBuilder().setFailureThreshold(failureThreshold).build())
                .build();
    }

    static CheckResult result(
            String check, String region, long sequence, Instant at, boolean fails) {
        return CheckResult.newBuilder()
                .setCheckId(check)
                .setConfigVersion("v1")
                .setRegion(region)
                .setAgentId(region + "-agent-1")
                .setBootEpoch(1)
                .setSequence(sequence)
                .setScheduledAt(at)
                .setStartedAt(at)
                .setDurationUs(12_345)
                .setOutcome(fails ? Outcome.FAIL : Outcome.PASS)
                .build();
    }

    /// Topics and checks.
    KafkaSettings define(KafkaSettings cluster) throws Exception {
        var kafka = cluster.with("topic.prefix", prefix());
        Bootstrap.run(kafka, LANES);
        var all = new LinkedHashMap<String, CheckDefinition>();
        for (int i = 0; i < checks; i++) {
            all.put("check-" + i, check("check-" + i, "group-" + i / 100, intervalMs(), 3));
        }
        TopicWriter.write(kafka, Topics.CHECKS, all);
        return kafka;
    }

    /// Results, spread over the seconds up to now.
    void produce(KafkaSettings kafka) throws Exception {
        var ids = IntStream.range(0, checks).mapToObj(i -> "check-" + i).toList();
        int turns = turns();
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        send(
                kafka,
                (topic, producer, avro) -> {
                    for (int turn = 0; turn < turns; turn++) {
                        var at = now.minusMillis((turns - turn) * intervalMs());
                        for (int i = 0; i < ids.size(); i++) {
                            boolean fails = i % 100 < failingPercent;
                            for (var region : REGIONS) {
                                var value = result(ids.get(i), region, turn, at, fails);
                                var _ =
                                        producer.send(
                                                new ProducerRecord<>(
                                                        topic,
                                                        ids.get(i),
                                                        avro.serialize(topic, value)));
                            }
                        }
                    }
                });
    }

    /// What the apps before said to one another is nothing that the next one should hear.
    void forgetSignals(KafkaSettings kafka) throws Exception {
        var topic = Topics.SIGNALS.named(prefix());
        try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
            var all =
                    IntStream.range(0, LANES)
                            .boxed()
                            .collect(
                                    Collectors.toMap(
                                            partition -> new TopicPartition(topic, partition),
                                            _ -> RecordsToDelete.beforeOffset(-1)));
            admin.deleteRecords(all).all().get();
        }
    }

    /// Waits until an incident was told.
    interface Told {
        /// @param before how many were told before it
        void await(String check, int before) throws Exception;
    }

    /// Lets one check after the other fail in two regions.
    ///
    /// @return in ms, as they came: from the broker's stamp of the deciding result until it was told
    static List<Long> oneByOne(KafkaSettings kafka, Collection<String> checks, Told told)
            throws Exception {
        var latencies = new ArrayList<Long>();
        send(
                kafka,
                (topic, producer, results) -> {
                    for (var id : checks) {
                        long appended = 0;
                        for (var region : REGIONS.subList(0, 2)) {
                            var at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                            var value = results.serialize(topic, result(id, region, 1, at, true));
                            appended =
                                    producer.send(new ProducerRecord<>(topic, id, value))
                                            .get()
                                            .timestamp();
                        }
                        told.await(id, latencies.size());
                        latencies.add(System.currentTimeMillis() - appended);
                    }
                });
        return latencies;
    }

    /// Without the first ones, sorted.
    static List<Long> warm(List<Long> latencies, int warmUp) {
        return latencies.stream().skip(warmUp).sorted().toList();
    }

    interface Sending {
        void with(
                String topic,
                KafkaProducer<String, byte[]> producer,
                org.apache.kafka.common.serialization.Serializer<CheckResult> avro)
                throws Exception;
    }

    static void send(KafkaSettings kafka, Sending sending) throws Exception {
        try (var avro = AvroSerdes.<CheckResult>serializer(kafka.properties());
                var producer = TopicWriter.producer(kafka, Map.of("compression.type", "lz4"))) {
            sending.with(Topics.CHECK_RESULTS.named(kafka.topicPrefix()), producer, avro);
            producer.flush();
        }
    }
}
