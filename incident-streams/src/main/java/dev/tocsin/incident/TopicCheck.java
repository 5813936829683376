package dev.tocsin.incident;

import dev.tocsin.incident.stream.Counters;
import dev.tocsin.incident.stream.Formats;
import dev.tocsin.incident.stream.Ticks;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.kept.Finding;
import dev.tocsin.schemas.kept.Finding.Kind;
import dev.tocsin.schemas.kept.KeptTopics;
import dev.tocsin.schemas.kept.Needs;
import dev.tocsin.schemas.kept.Readiness;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicWatch.Seen;
import dev.tocsin.service.streams.Changelogs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.header.Headers;

/// Whether the topics are there, and kept as [Topics] says, and with the registry they were written with: on others it would decide wrongly.
final class TopicCheck {
    private static final List<Topic<?>> ALL =
            Stream.concat(
                            IncidentTopology.READ.stream(),
                            Stream.of(Topics.INCIDENTS, Topics.INCIDENT_STATE))
                    .toList();

    private static final Ticks NONE =
            new Ticks() {
                @Override
                public void started(int partition) {}

                @Override
                public void stopped(int partition) {}

                @Override
                public boolean own(Headers headers) {
                    return false;
                }
            };

    private final KeptTopics topics;
    private final Readiness readiness;

    /// @param formats whose writers know the ids when all is well
    TopicCheck(
            KafkaSettings kafka, SchemaRegistry registry, String applicationId, Formats formats) {
        topics = new KeptTopics(needs(kafka.topicPrefix(), applicationId, formats));
        readiness =
                new Readiness(
                        topics,
                        kafka.client(Map.of(), Map.of()),
                        registry,
                        ALL,
                        Map.of(
                                Topics.INCIDENTS,
                                formats.eventWriter(),
                                Topics.INCIDENT_STATE,
                                formats.eventWriter(),
                                Topics.SIGNALS,
                                formats.signalWriter()));
    }

    static Needs needs(String prefix, String applicationId, Formats formats) {
        var topology =
                IncidentTopology.build(
                        prefix,
                        _ -> "",
                        formats,
                        NONE,
                        new Counters(new SimpleMeterRegistry(), new Health()));
        return new Needs(
                prefix,
                ALL,
                IncidentTopology.READ,
                true,
                Changelogs.of(topology.describe(), applicationId));
    }

    /// Before it starts.
    Seen start(Admin admin) throws ExecutionException, InterruptedException {
        return seen(readiness.look(admin));
    }

    /// While it runs.
    Seen again(Admin admin) throws ExecutionException, InterruptedException {
        return seen(topics.look(admin));
    }

    private static Seen seen(List<Finding> found) {
        return new Seen(KeptTopics.first(found, Kind.REFUSED), KeptTopics.first(found, Kind.WAITS));
    }
}
