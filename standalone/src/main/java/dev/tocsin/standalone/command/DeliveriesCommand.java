package dev.tocsin.standalone.command;

import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Attempts;
import dev.tocsin.standalone.topic.Compacted;
import dev.tocsin.standalone.topic.IncidentFeed;
import dev.tocsin.standalone.topic.OneIncident;
import dev.tocsin.standalone.topic.WholeTopic;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who was told of an incident, when, what failed, and what waits: from the record of every try, and from what was routed. What was told of the outage
/// that it is part of belongs to it.
@Command(
        name = "deliveries",
        description = "Who was told of an incident, when, what failed, and what waits.",
        mixinStandardHelpOptions = true)
public final class DeliveriesCommand implements Callable<Integer> {
    @Mixin ClientOption config = new ClientOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "INCIDENT",
            description = "An incident's id, its first characters, or a check; all if not given.")
    String incident = "";

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description = "Of one target only; of each of its recipients.")
    @Nullable String target;

    @Option(names = "--json", description = "One JSON object a line: each try.")
    boolean json;

    @Override
    public Integer call() {
        var kafka = config.kafka();
        if (target != null && TargetNames.readable(config)) {
            TargetNames.of(config, List.of(target)); // says so if it is not in the file
        }
        var ids = incident.isEmpty() ? Set.<String>of() : ids(kafka);
        // A test, or that a target cannot be told, is in alerts alone.
        Predicate<String> which = ids.isEmpty() ? id -> id.startsWith(incident) : ids::contains;
        var tries =
                Attempts.read(
                        kafka, made -> which.test(made.getIncidentId()) && is(made.getTargetId()));
        tries.forEach(made -> System.out.println(json ? Attempts.json(made) : Attempts.line(made)));
        var waiting = json ? List.<String>of() : waiting(kafka, which, tries);
        waiting.forEach(System.out::println);
        if (tries.isEmpty() && waiting.isEmpty()) {
            if (!incident.isEmpty() && ids.isEmpty()) {
                throw new ConfigException(
                        "no incident \"" + incident + "\"; tocsin incidents lists them");
            }
            if (!json) {
                System.out.println("nobody was told, and nobody was tried");
            }
        }
        return 0;
    }

    private boolean is(String one) {
        return target == null || one.equals(target) || one.startsWith(target + "/");
    }

    private Set<String> ids(KafkaSettings kafka) {
        var states = Compacted.read(kafka, Topics.INCIDENT_STATE);
        return OneIncident.find(incident, states)
                .map(event -> IncidentFeed.toldAs(kafka, event, Instant.now()))
                .orElse(Set.of());
    }

    /// What was routed to a target that has taken nothing as new: it may be behind a failed try, be told as its outage, or be hidden.
    private List<String> waiting(
            KafkaSettings kafka, Predicate<String> which, List<DeliveryAttempt> tries) {
        record Place(String target, String incident) {}
        var routed = new LinkedHashMap<Place, Delivery>();
        WholeTopic.read(
                kafka,
                Topics.DELIVERIES,
                Delivery.class,
                "delivery",
                one -> {
                    if (one.getEvent() != null
                            && !one.getContext()
                            && which.test(one.getIncidentId())
                            && is(one.getTargetId())) {
                        routed.put(new Place(one.getTargetId(), one.getIncidentId()), one);
                    }
                });
        Map<Place, DeliveryAttempt> last = new LinkedHashMap<>();
        for (var made : tries) {
            var place = new Place(made.getTargetId(), made.getIncidentId());
            last.put(place, made);
            var newest = routed.get(place);
            if (newest != null
                    && made.getOutcome().equals("delivered")
                    && made.getSeq() >= newest.getSeq()) {
                routed.remove(place);
            }
        }
        return routed.entrySet().stream()
                .map(entry -> waits(entry.getValue(), last.get(entry.getKey())))
                .toList();
    }

    private static String waits(Delivery newest, @Nullable DeliveryAttempt last) {
        var next = last == null ? null : last.getNextAttemptAt();
        return "%s  %.8s  %-20s not told of event %d (%s): %s"
                .formatted(
                        newest.getCreatedAt(),
                        newest.getIncidentId(),
                        newest.getTargetId(),
                        newest.getSeq(),
                        newest.getReason(),
                        next != null
                                ? "tried again at " + next + " or later"
                                : last != null && !last.getOutcome().equals("delivered")
                                        ? "given up until something changes, or the target takes messages again"
                                        : "nothing to tell of it, or it waits");
    }
}
