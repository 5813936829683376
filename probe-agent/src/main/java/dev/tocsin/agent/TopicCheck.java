package dev.tocsin.agent;

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
import dev.tocsin.service.TopicWatch;
import dev.tocsin.service.TopicWatch.Seen;
import java.util.List;
import java.util.Map;

/// Whether the topics are there, and kept as [Topics] says, and with the registry they were written with. An agent works meanwhile: what it finds
/// is on disk.
final class TopicCheck {
    private static final List<Topic<?>> READ = List.of(Topics.CHECKS, Topics.AGENTS);
    private static final List<Topic<?>> ALL =
            List.of(Topics.CHECKS, Topics.AGENTS, Topics.CHECK_RESULTS, Topics.CHECK_HOURS);

    private TopicCheck() {}

    static TopicWatch watch(KafkaSettings kafka, SchemaRegistry registry, Health health) {
        var topics = new KeptTopics(Needs.of(kafka.topicPrefix(), ALL));
        // The ids of what is written are for the publisher to know.
        var readiness =
                new Readiness(topics, kafka.client(Map.of(), Map.of()), registry, READ, Map.of());
        return TopicWatch.starting(
                kafka,
                health,
                "agent's topics",
                admin -> seen(readiness.look(admin)),
                admin -> seen(topics.look(admin)),
                TopicWatch.MINUTE);
    }

    private static Seen seen(List<Finding> found) {
        return new Seen(KeptTopics.first(found, Kind.REFUSED), KeptTopics.first(found, Kind.WAITS));
    }
}
