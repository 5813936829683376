package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.KafkaSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;

/// Judges a whole history, when all is over.
final class Judge {
    private Judge() {}

    static List<IncidentEvent> incidents(KafkaSettings kafka) {
        return all(kafka, Topics.INCIDENTS);
    }

    private static <T extends SpecificRecord> List<T> all(KafkaSettings kafka, Topic<T> topic) {
        try (var avro = AvroSerdes.deserializer(kafka.properties(), topic.type())) {
            return SharedCluster.values(kafka, topic.name()).stream()
                    .map(bytes -> avro.deserialize(topic.name(), bytes))
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
                default -> {
                    if (!event.getReason().startsWith("late_evidence")) { // of what is over, too
                        assertThat(open.get(event.getKey()))
                                .as("%s of a closed incident", event.getType())
                                .isEqualTo(id);
                    }
                }
            }
        }
        assertThat(open).as("left open").isEmpty();
    }

    /// Keys of which the last incident is open.
    static Set<String> open(List<IncidentEvent> events) {
        var open = new HashSet<String>();
        for (var event : events) {
            if (event.getOpen()) {
                open.add(event.getKey());
            } else {
                open.remove(event.getKey());
            }
        }
        return open;
    }

    static List<CheckResult> results(KafkaSettings kafka) {
        return all(kafka, Topics.CHECK_RESULTS);
    }

    static long backfilled(List<CheckResult> results) {
        return results.stream().filter(result -> result.getLane() == Lane.BACKFILL).count();
    }

    /// Of each boot and check the sequence runs from 1 without a gap, in one lane or the other; only what a kill left in doubt
    /// may come a second time, and then as backfill.
    static void noResultLostAndNoneTwiceAsNew(List<CheckResult> results) {
        resultsWhole(results, result -> result.getLane() == Lane.BACKFILL);
    }

    /// Of each boot and check the sequence runs from 1 without a gap, and nothing comes a second time.
    static void noResultLostAndNoneTwice(List<CheckResult> results) {
        resultsWhole(results, _ -> false);
    }

    /// @param again which may come a second time
    private static void resultsWhole(List<CheckResult> results, Predicate<CheckResult> again) {
        var bySource = new HashMap<String, Set<Long>>();
        var once = new HashSet<String>();
        for (var result : results) {
            var of = result.getAgentId() + "/" + result.getBootEpoch() + "/" + result.getCheckId();
            bySource.computeIfAbsent(of, _ -> new HashSet<>()).add(result.getSequence());
            assertThat(again.test(result) || once.add(of + "/" + result.getSequence()))
                    .as("twice as new: %s", result)
                    .isTrue();
            assertThat(result.getOutcome()).isNotEqualTo(Outcome.ERROR);
        }
        bySource.forEach((of, sequences) ->
                assertThat(sequences)
                        .as(of)
                        .containsExactlyInAnyOrderElementsOf(
                                LongStream.rangeClosed(1, sequences.size()).boxed().toList()));
    }

    /// Of each incident its end was heard, and what was heard of it came in order; a repetition has the id of what it repeats, and the same content.
    ///
    /// @param received as they came
    static void deliveries(List<IncidentEvent> events, List<Telling> received) {
        var byId = new HashMap<String, Telling>();
        var heard = new LinkedHashMap<String, List<Telling>>();
        for (var telling : received) {
            var first = byId.putIfAbsent(telling.webhookId(), telling);
            if (first == null) {
                heard.computeIfAbsent(telling.incidentId(), _ -> new ArrayList<>()).add(telling);
            } else {
                assertThat(telling).as("a repetition").isEqualTo(first);
            }
        }
        assertThat(heard.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        events.stream()
                                .map(IncidentEvent::getIncidentId)
                                .collect(Collectors.toSet()));
        heard.forEach((incident, tellings) -> {
            assertThat(tellings)
                    .as("order of %s", incident)
                    .isSortedAccordingTo(Comparator.comparingLong(Telling::seq));
            assertThat(tellings.getLast().type())
                    .as("last word of %s", incident)
                    .isEqualTo("CLOSED");
            assertThat(tellings.stream().filter(telling -> telling.type().equals("CLOSED")))
                    .as("ends of %s", incident)
                    .hasSize(1);
        });
    }

    /// @param type what was said
    record Telling(String webhookId, String type, String incidentId, long seq) {}
}
