package dev.tocsin.notifier;

import dev.tocsin.notifier.stream.Formats;
import dev.tocsin.notifier.stream.MailboxProcessor;
import dev.tocsin.notifier.stream.RouteProcessor;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.kept.Finding;
import dev.tocsin.schemas.kept.Finding.Kind;
import dev.tocsin.schemas.kept.KeptTopics;
import dev.tocsin.schemas.kept.Needs;
import dev.tocsin.schemas.kept.Readiness;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicWatch.Seen;
import dev.tocsin.service.streams.Changelogs;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the topics are there, and kept as [Topics] says, and with the registry they were written with.
final class TopicCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);

    /// A topic of that release alone.
    private static final String OF_0_1_0 = "notified";

    private static final List<Topic<?>> SET_ASIDE = List.of(Topics.INCIDENTS, Topics.DELIVERIES);
    private static final List<Topic<?>> ALL =
            List.of(Topics.CHECKS, Topics.INCIDENTS, Topics.DELIVERIES, Topics.DELIVERY_ATTEMPTS);

    private final KeptTopics topics;
    private final Readiness readiness;
    private final String prefix;

    /// @param formats whose writers know the ids when all is well
    TopicCheck(
            KafkaSettings kafka, SchemaRegistry registry, String applicationId, Formats formats) {
        prefix = kafka.topicPrefix();
        topics = new KeptTopics(needs(prefix, applicationId));
        readiness =
                new Readiness(
                        topics,
                        kafka.client(Map.of(), Map.of()),
                        registry,
                        ALL,
                        Map.of(
                                Topics.DELIVERIES,
                                formats.delivery(),
                                Topics.DELIVERY_ATTEMPTS,
                                formats.attempt()));
    }

    private static Needs needs(String prefix, String applicationId) {
        return new Needs(
                prefix,
                ALL,
                SET_ASIDE,
                false,
                Map.of(
                        Changelogs.name(applicationId, RouteProcessor.TOLD),
                        Set.of(Topics.INCIDENTS.named(prefix)),
                        Changelogs.name(applicationId, MailboxProcessor.MAILBOXES),
                        Set.of(Topics.DELIVERIES.named(prefix))));
    }

    /// Before it starts.
    Seen start(Admin admin) throws ExecutionException, InterruptedException {
        if (admin.listTopics().names().get().contains(prefix + OF_0_1_0)) {
            LOG.atWarn()
                    .addKeyValue("topic", prefix + OF_0_1_0)
                    .log(
                            "0.1.0 kept there whom it told; it is not read, and may be deleted. Deliveries of 0.1.0 that wait become dead letters");
        }
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
