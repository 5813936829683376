package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.Difference;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

@OnThreeBrokers
class TopicSettingsOnThreeBrokersIT extends TopicSettingsIT {
    @Test
    void aTopicThatGoesWithOneDiskOrThatOneBrokerAcknowledgesIsShown(KafkaSettings kafka)
            throws Exception {
        var incidents = Topics.INCIDENTS.named("alone.");
        try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
            var alone = new NewTopic(incidents, 2, (short) 1);
            alone.configs(Map.of("min.insync.replicas", "1"));
            admin.createTopics(List.of(alone)).all().get();
        }
        var differences = Bootstrap.run(kafka.with("topic.prefix", "alone."), 2, false);
        assertThat(differences.stream().map(Difference::line))
                .contains(
                        incidents + ": replicas is 1, not 3: kafka-reassign-partitions adds them",
                        incidents
                                + ": min.insync.replicas is 1, not 2: one broker alone may acknowledge what it then loses; kafka-configs sets it");
        assertThat(differences).extracting(Difference::topic).containsOnly(incidents);
    }
}
