package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Judges a whole history, when all is over.
final class Judge {
    private Judge() {}

    static List<IncidentEvent> incidents(KafkaSettings kafka) {
        try (var avro = AvroSerdes.<IncidentEvent>deserializer(kafka.properties())) {
            return SharedCluster.values(kafka, "incidents").stream()
                    .map(bytes -> avro.deserialize("incidents", bytes))
                    .toList();
        }
    }

    /// Nothing missing, nothing twice, in order; never two open incidents of one key, and none left open.
    static void decisions(List<IncidentEvent> events) {
        var lastSeq = new HashMap<String, Long>();
        var open = new HashMap<String, String>();
        var ids = new HashSet<String>();
        for (var event : events) {
            var id = event.getIncidentId();
            assertThat(ids.add(event.getEventId())).as("twice: %s", event).isTrue();
            assertThat(event.getSeq())
                    .as("order of %s", id)
                    .isEqualTo(lastSeq.getOrDefault(id, 0L) + 1);
            lastSeq.put(id, event.getSeq());
            switch (event.getType()) {
                case OPENED, REOPENED ->
                        assertThat(open.put(event.getKey(), id))
                                .as("two open incidents of %s", event.getKey())
                                .isNull();
                case CLOSED ->
                        assertThat(open.remove(event.getKey()))
                                .as("closed what was not open")
                                .isEqualTo(id);
                case ANNOTATED ->
                        assertThat(event.getSeq()).isGreaterThan(1); // also of what is over
                default ->
                        assertThat(open.get(event.getKey()))
                                .as("%s of a closed incident", event.getType())
                                .isEqualTo(id);
            }
        }
        assertThat(open).as("left open").isEmpty();
    }

    /// Every event reached the target; a repetition has the id of what it repeats; the first tellings of an incident came in
    /// their order; and who was told of an opening was told of the close.
    ///
    /// @param received event id of each telling, as they came
    static void deliveries(List<IncidentEvent> events, List<Telling> received) {
        var byEvent = new LinkedHashMap<String, Set<String>>();
        var firsts = new HashMap<String, List<Long>>();
        for (var telling : received) {
            var ids = byEvent.computeIfAbsent(telling.eventId(), _ -> new HashSet<>());
            if (ids.isEmpty()) {
                firsts.computeIfAbsent(telling.incidentId(), _ -> new ArrayList<>())
                        .add(telling.seq());
            }
            ids.add(telling.webhookId());
        }
        assertThat(byEvent.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        events.stream().map(IncidentEvent::getEventId).toList());
        byEvent.forEach((event, ids) -> assertThat(ids).as("ids of %s", event).hasSize(1));
        firsts.forEach((incident, seqs) -> assertThat(seqs).as("order of %s", incident).isSorted());
        Map<String, Set<IncidentEventType>> types = new HashMap<>();
        events.forEach(event ->
                types.computeIfAbsent(event.getIncidentId(), _ -> new HashSet<>())
                        .add(event.getType()));
        types.forEach(
                (incident, all) -> assertThat(all).as(incident).contains(IncidentEventType.CLOSED));
    }

    record Telling(String webhookId, String eventId, String incidentId, long seq) {}
}
