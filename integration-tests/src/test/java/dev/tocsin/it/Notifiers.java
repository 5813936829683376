package dev.tocsin.it;

import dev.tocsin.it.guarantee.Fault;
import dev.tocsin.it.guarantee.History;
import dev.tocsin.it.guarantee.Receiver;
import dev.tocsin.it.guarantee.Request;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.GroupState;

/// Notifiers as processes, all of one configuration: each receiver hears of everything.
final class Notifiers {
    /// More keys of `notify:`, a line each.
    private static final String OPTIONS = "  allow-networks: [127.0.0.0/8]\n  alarms: []\n";

    /// A target whose name ends so is sent no digests.
    static final String EACH = "-each";

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    private Notifiers() {}

    /// @param process its name among the test's
    /// @param instance its name among its like
    static ServiceProcess start(
            KafkaSettings kafka,
            Path dir,
            String process,
            String instance,
            List<Receiver> receivers)
            throws IOException {
        return start(kafka, dir, process, instance, process, receivers);
    }

    /// @param data its data folder, below `dir`
    static ServiceProcess start(
            KafkaSettings kafka,
            Path dir,
            String process,
            String instance,
            String data,
            List<Receiver> receivers)
            throws IOException {
        return new ServiceProcess(
                "notifier",
                process,
                kafka,
                dir,
                notify(receivers),
                List.of("--instance", instance, "--data-dir", dir.resolve(data).toString()));
    }

    /// Whether so many are in the group, and each owns targets or incidents.
    static boolean shared(KafkaSettings kafka, int members) throws Exception {
        var group = kafka.topicPrefix() + "tocsin-notifier";
        try (var admin = kafka.admin(ANSWERS_WITHIN)) {
            var described =
                    admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
            return described.groupState() == GroupState.STABLE
                    && described.members().size() == members
                    && described.members().stream()
                            .noneMatch(member -> member.assignment().topicPartitions().isEmpty());
        }
    }

    /// What was until now.
    static History history(KafkaSettings kafka, List<Receiver> receivers, List<Fault> faults) {
        var requests = new ArrayList<Request>();
        receivers.forEach(receiver -> requests.addAll(receiver.requests()));
        return new History(
                receivers.stream().map(Receiver::target).collect(Collectors.toSet()),
                Judge.incidents(kafka),
                requests,
                attempts(kafka),
                faults);
    }

    static List<DeliveryAttempt> attempts(KafkaSettings kafka) {
        try (var avro = AvroSerdes.deserializer(kafka.properties(), DeliveryAttempt.class)) {
            return SharedCluster.values(kafka, "delivery-attempts").stream()
                    .map(bytes -> avro.deserialize("delivery-attempts", bytes))
                    .toList();
        }
    }

    private static String notify(List<Receiver> receivers) {
        return "notify:\n"
                + OPTIONS
                + "  targets:\n"
                + receivers.stream().map(Notifiers::target).collect(Collectors.joining())
                + "  routes:\n    - targets: "
                + receivers.stream().map(Receiver::target).toList()
                + "\n";
    }

    private static String target(Receiver receiver) {
        return "    - { id: %s, type: webhook, url: \"%s\", secret: \"%s\"%s }\n"
                .formatted(
                        receiver.target(),
                        receiver.url("${TOCSIN_START}"),
                        PipelineScenario.SECRET,
                        receiver.target().endsWith(EACH) ? ", digest-above: never" : "");
    }
}
