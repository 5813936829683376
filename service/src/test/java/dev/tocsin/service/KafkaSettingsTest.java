package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
    @Test
    void whatTheUserSetsWinsOverDefaultsButNotOverWhatAGuaranteeRestsOn() {
        var kafka =
                new KafkaSettings(
                        Map.of(
                                "security.protocol", "SASL_SSL",
                                "linger.ms", "9",
                                "acks", "0",
                                "topic.prefix", "test."));
        assertThat(kafka.client(Map.of("linger.ms", "5", "retries", "3"), Map.of("acks", "all")))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("linger.ms", "9")
                .containsEntry("retries", "3")
                .containsEntry("acks", "all")
                .containsEntry("bootstrap.servers", "127.0.0.1:9092")
                .doesNotContainKey("topic.prefix");
        assertThat(kafka.topicPrefix()).isEqualTo("test.");
    }

    @Test
    void whatSerdesShareIsForThemAlone() {
        var shared = new Object();
        var kafka = new KafkaSettings(Map.of("acks", "0")).carrying("shared", shared);
        assertThat(kafka.serdes()).containsEntry("shared", shared).containsEntry("acks", "0");
        assertThat(kafka.with("acks", "1").serdes())
                .containsEntry("shared", shared)
                .containsEntry("acks", "1");
        assertThat(kafka.properties()).doesNotContainKey("shared");
        assertThat(kafka.client(Map.of(), Map.of())).doesNotContainKey("shared");
    }

    @Test
    void durationsAreSaidInTwoUnitsAtMost() {
        assertThat(Durations.words(Duration.ofSeconds(90))).isEqualTo("90 s");
        assertThat(Durations.words(Duration.ofMinutes(14))).isEqualTo("14 min");
        assertThat(Durations.words(Duration.ofMinutes(150))).isEqualTo("2 h 30 min");
        assertThat(Durations.words(Duration.ofDays(5))).isEqualTo("5 days");
    }
}
