package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void aNameThatDoesNotResolveYetIsTriedAgainAndAMistakeIsNot() {
        assertThat(KafkaSettings.<String>connect(() -> "client")).isEqualTo("client");
        var nowhere = new KafkaSettings(Map.of("bootstrap.servers", "nowhere.invalid:9092"));
        assertThatThrownBy(() -> nowhere.admin(Duration.ofSeconds(1)))
                .isInstanceOf(KafkaSettings.UnresolvableException.class)
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("No resolvable bootstrap urls");
        var wrong = new KafkaSettings(Map.of("security.protocol", "NONE"));
        assertThatThrownBy(() -> wrong.admin(Duration.ofSeconds(1)))
                .isInstanceOf(KafkaException.class)
                .isNotInstanceOf(RetriableException.class);
        try (var admin =
                new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:1"))
                        .admin(Duration.ofSeconds(1))) {
            assertThat(admin).isNotNull();
        }
    }

    @Test
    void whatTheSectionSaysIsTakenAndTheRestIsTheDefault(@TempDir Path dir) throws Exception {
        var file = Files.writeString(dir.resolve("tocsin.yaml"), "other: {}\n");
        var defaults = KafkaSettings.from(ConfigFile.load(file, Map.of(), Set.of()));
        assertThat(defaults.bootstrapServers()).isEqualTo("127.0.0.1:9092");
        assertThat(defaults.registryUrl()).isEqualTo("http://127.0.0.1:8081/apis/ccompat/v7");
        assertThat(defaults.topicPrefix()).isEmpty();
        Files.writeString(file, "kafka: { bootstrap.servers: 'kafka:9092', topic.prefix: a. }\n");
        var given = KafkaSettings.from(ConfigFile.load(file, Map.of(), Set.of()));
        assertThat(given.bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(given.topicPrefix()).isEqualTo("a.");
    }

    @Test
    void aDurationChangesItsUnitWhereTheSmallerOneIsTooLong() {
        assertThat(Durations.words(Duration.ofSeconds(119))).isEqualTo("119 s");
        assertThat(Durations.words(Duration.ofMinutes(2))).isEqualTo("2 min");
        assertThat(Durations.words(Duration.ofMinutes(119))).isEqualTo("119 min");
        assertThat(Durations.words(Duration.ofHours(2))).isEqualTo("2 h 0 min");
        assertThat(Durations.words(Duration.ofHours(47))).isEqualTo("47 h 0 min");
        assertThat(Durations.words(Duration.ofDays(2))).isEqualTo("2 days");
    }

    @Test
    void howLongSomethingFailedIsSaidWithoutItsHealthyTimes() {
        var began = Instant.parse("2026-11-24T00:00:00Z");
        var ended = began.plusSeconds(660);
        assertThat(Durations.failed(began, ended, Duration.ofMinutes(11))).isEqualTo("11 min");
        assertThat(Durations.failed(began, ended, Duration.ofMillis(660_999))).isEqualTo("11 min");
        assertThat(Durations.failed(began, ended, Duration.ofMinutes(2)))
                .isEqualTo("failing 2 min in all");
        assertThat(Durations.failed(began, ended, Duration.ZERO)).isEqualTo("11 min");
    }
}
