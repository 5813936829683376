package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigOptionTest {
    @TempDir Path dir = Path.of(".");

    @Test
    void withoutAFileTheOneThatIsHereIsUsed() throws IOException {
        var here = dir.resolve("tocsin.yaml");
        var option = new ConfigOption(here);
        assertThat(option.present()).isFalse();
        assertThat(option.settings().bootstrapServers()).isEqualTo("127.0.0.1:9092");
        Files.writeString(here, "kafka: { bootstrap.servers: 'here:9092' }\n");
        assertThat(option.settings().bootstrapServers()).isEqualTo("here:9092");
        option.file =
                Files.writeString(
                        dir.resolve("given.yaml"), "kafka: { bootstrap.servers: 'given:9092' }\n");
        assertThat(option.settings().bootstrapServers()).isEqualTo("given:9092");
        option.file = dir.resolve("none.yaml");
        assertThatThrownBy(option::settings).isInstanceOf(ConfigException.class);
    }

    /// An agent did not start without the notifier's `${ONCALL_URL}`.
    @Test
    void eachServiceNeedsTheSecretsOfItsOwnSectionsAlone() throws IOException {
        var file =
                Files.writeString(
                        dir.resolve("tocsin.yaml"),
                        """
                        kafka: { bootstrap.servers: "${KAFKA}" }
                        agent: { region: us }
                        checks: [{ id: shop, url: 'http://shop/' }]
                        notify:
                          targets: [{ id: oncall, type: webhook, url: "${ONCALL_URL}", secret: "${ONCALL_SECRET}" }]
                        status-page: { title: "${TITLE}" }
                        """);
        var agent = ConfigOption.parse(file, Map.of("KAFKA", "broker:9092"));
        assertThat(KafkaSettings.from(agent).bootstrapServers()).isEqualTo("broker:9092");
        assertThat(AgentConfig.from(agent).region()).isEqualTo("us");
        assertThatThrownBy(() -> NotifyConfig.from(agent))
                .hasMessageContaining("notify.targets[0].url: ${ONCALL_URL} is not set");
        var page = ConfigOption.parse(file, Map.of("TITLE", "Status"));
        assertThat(StatusPage.Spec.from(page, 1).title()).isEqualTo("Status");
        assertThatThrownBy(() -> KafkaSettings.from(page)).hasMessageContaining("${KAFKA}");
    }

    @Test
    void aKafkaThatIsAwayIsNamedWithItsAddress() throws IOException {
        Files.writeString(
                dir.resolve("tocsin.yaml"),
                "kafka: { bootstrap.servers: 'no-such-host.invalid:1' }\n");
        var ran = Ran.of("incidents", "-f", dir.resolve("tocsin.yaml").toString());
        assertThat(ran.out()).contains("no-such-host.invalid:1").doesNotContain("\tat ");
        assertThat(ran.code()).isEqualTo(Exit.UNREACHABLE);
    }
}
