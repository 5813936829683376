package dev.tocsin.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsTest {
    private static final Topic<CheckResult> RESULTS = Topics.CHECK_RESULTS;

    private static Map<String, String> amiss(Topic<?> topic, String setting, String value) {
        var found = new HashMap<>(topic.settings().all());
        found.put(setting, value);
        return topic.settings().amiss(found);
    }

    @Test
    void everyTopicIsStampedByTheBrokerAndHasNothingAmissAsItIsMade() {
        for (var topic : Topics.ALL) {
            assertThat(topic.settings().all())
                    .as(topic.name())
                    .containsEntry("message.timestamp.type", "LogAppendTime");
            assertThat(topic.settings().amiss(topic.settings().all())).as(topic.name()).isEmpty();
        }
    }

    @Test
    void whatAgentsAndPeopleWriteIsBounded() {
        assertThat(Topics.ALL.stream().filter(t -> t.settings().maxBytes() == 65_536))
                .extracting(t -> (Object) t.name())
                .containsExactlyInAnyOrder(
                        "checks",
                        "catalog",
                        "check-results",
                        "check-hours",
                        "agents",
                        "incident-commands",
                        "maintenance",
                        "user-reports",
                        "canary");
    }

    @ParameterizedTest
    @CsvSource({
        "message.timestamp.type, CreateTime, LogAppendTime",
        "max.message.bytes, 1048588, 65536",
        "max.message.bytes, 1000, 65536",
        "cleanup.policy, compact, delete",
        "cleanup.policy, 'compact,delete', delete",
        "retention.ms, 3600000, 604800000"
    })
    void whatLosesOrMisleadsIsAltered(String setting, String is, String must) {
        assertThat(amiss(RESULTS, setting, is)).isEqualTo(Map.of(setting, must));
    }

    @Test
    void longerRetentionIsWhoeversChoice() {
        assertThat(amiss(RESULTS, "retention.ms", "-1")).isEmpty();
        assertThat(amiss(RESULTS, "retention.ms", "31536000000")).isEmpty();
        assertThat(amiss(Topics.CHECKS, "retention.ms", "1"))
                .isEmpty(); // compacted: it says nothing
    }

    @Test
    void theOrderOfTwoPoliciesSaysNothing() {
        assertThat(amiss(Topics.AGENTS, "cleanup.policy", "delete, compact")).isEmpty();
        assertThat(amiss(Topics.AGENTS, "cleanup.policy", "compact"))
                .containsEntry("cleanup.policy", "compact,delete");
    }

    @Test
    void whatServicesWriteAndDeadLettersNeedKafkasDefaultAtLeast() {
        assertThat(amiss(Topics.INCIDENTS, "max.message.bytes", "1048588")).isEmpty();
        assertThat(amiss(Topics.INCIDENTS, "max.message.bytes", "10485760")).isEmpty();
        assertThat(amiss(Topics.INCIDENTS, "max.message.bytes", "65536"))
                .containsEntry("max.message.bytes", "1048576");
        var letters = TopicSettings.DEAD_LETTERS;
        assertThat(letters.amiss(Map.of("max.message.bytes", "65536"))).hasSize(1);
    }

    @Test
    void whatKafkaDoesNotTellIsTakenAsRight() {
        assertThat(RESULTS.settings().amiss(Map.of())).isEmpty();
    }
}
