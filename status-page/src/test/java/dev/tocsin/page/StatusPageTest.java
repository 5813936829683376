package dev.tocsin.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.page.StatusPage.Spec;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The process, with no Kafka to read.
@Timeout(60)
class StatusPageTest {
    static {
        TrustedRecords.trust();
    }

    private static final KafkaSettings NOBODY =
            new KafkaSettings(
                    Map.of(
                            "bootstrap.servers", "127.0.0.1:1",
                            "schema.registry.url", "http://127.0.0.1:1"));

    private static String ask(HttpClient client, int port) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void itAnswersFromTheFirstMomentOnThatNothingIsKnownAndIsNotReady() throws Exception {
        var health = new Health();
        try (var client = HttpClient.newHttpClient()) {
            int port;
            try (var page =
                    new StatusPage(
                            NOBODY,
                            new Spec("127.0.0.1", null, "Our status"),
                            health,
                            new SimpleMeterRegistry())) {
                port = page.port();
                assertThat(ask(client, port))
                        .contains("<title>Our status: no current data</title>")
                        .contains("Nothing has been measured yet.");
                assertThat(health.ready()).isFalse();
                assertThat(health.alive()).isTrue();
                assertThat(health.troubles())
                        .containsKeys("state", "incidents", "results", "page's topics");
            }
            assertThatThrownBy(() -> ask(client, port)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsNotSaidOfThePageIsItsDefault(@TempDir Path dir) throws Exception {
        var file = Files.writeString(dir.resolve("tocsin.yaml"), "kafka: {}\n");
        assertThat(Spec.from(ConfigFile.load(file, Map.of(), Set.of()), 8080))
                .isEqualTo(new Spec("127.0.0.1", 8080, "Status"));
        Files.writeString(file, "status-page: { host: 0.0.0.0, port: 81, title: Ours }\n");
        assertThat(Spec.from(ConfigFile.load(file, Map.of(), Set.of()), 8080))
                .isEqualTo(new Spec("0.0.0.0", 81, "Ours"));
    }
}
