package dev.tocsin.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.ConfigOption;
import dev.tocsin.standalone.EmbeddedKafka;
import dev.tocsin.standalone.Tocsin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The same services on a cluster that wants TLS and SASL and makes no topics by itself, and on a registry behind TLS and basic auth: all
/// by properties that are passed through, under a topic prefix.
@ExtendWith(SharedCluster.class)
class SecuredIT {
    private static final int PORT = 19492;
    private static final String USER = "registry-user:registry-password";

    @TempDir Path dir = Path.of(".");

    @Test
    void theWholePipelineRunsOnTlsSaslAndBasicAuth(KafkaSettings plain) throws Exception {
        var certificate =
                new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
        var trust = Files.writeString(dir.resolve("ca.pem"), certificate.certificatePem());
        try (var broker = new EmbeddedKafka(dir.resolve("kafka"), PORT, secured(certificate));
                var registry = new Registry(certificate, plain.registryUrl())) {
            var file =
                    Files.writeString(
                            dir.resolve("secured.yaml"),
                            """
                            kafka:
                              bootstrap.servers: "%1$s"
                              security.protocol: SASL_SSL
                              sasl.mechanism: PLAIN
                              sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule required username="tocsin" password="${PASSWORD}";'
                              ssl.truststore.type: PEM
                              ssl.truststore.location: "%2$s"
                              schema.registry.url: "%3$s"
                              schema.registry.ssl.truststore.type: PEM
                              schema.registry.ssl.truststore.location: "%2$s"
                              basic.auth.credentials.source: USER_INFO
                              basic.auth.user.info: "${REGISTRY}"
                              topic.prefix: acme.
                            """
                                    .formatted(broker.bootstrapServers(), trust, registry.url()));
            var kafka =
                    KafkaSettings.from(
                            ConfigOption.parse(
                                    file, Map.of("PASSWORD", "secret", "REGISTRY", USER)));
            // The command resolves from the environment, so here it reads what is resolved.
            var resolved = Files.readString(file).replace("${PASSWORD}", "secret");
            Files.writeString(file, resolved.replace("${REGISTRY}", USER));
            assertThat(Tocsin.run("admin", "bootstrap", "--partitions", "2", "-f", file.toString()))
                    .isZero();

            PipelineScenario.failsAndRecovers(kafka, dir);

            try (var admin = Admin.create(kafka.client(Map.of(), Map.of()))) {
                assertThat(admin.listTopics().names().get())
                        .contains("acme.incidents", "acme.check-results", "acme.checks-dlq")
                        .allMatch(name -> name.startsWith("acme."));
            }
            assertThat(Tocsin.run("incidents", "-f", file.toString())).isZero();
            var wrong = Files.writeString(file, resolved.replace("${REGISTRY}", "nobody:x"));
            assertThat(Tocsin.run("admin", "bootstrap", "-f", wrong.toString())).isEqualTo(3);
        }
    }

    private static Map<String, String> secured(HeldCertificate certificate) {
        var listener = "listener.name.clients.";
        var p = new HashMap<String, String>();
        p.put("listeners", "CLIENTS://127.0.0.1:" + PORT + ",CONTROLLER://127.0.0.1:" + (PORT + 1));
        p.put("advertised.listeners", "CLIENTS://127.0.0.1:" + PORT);
        p.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
        p.put("inter.broker.listener.name", "CLIENTS");
        p.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        p.put("sasl.enabled.mechanisms", "PLAIN");
        p.put(
                listener + "plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\"b\""
                        + " user_broker=\"b\" user_tocsin=\"secret\";");
        p.put("ssl.keystore.type", "PEM");
        p.put("ssl.keystore.certificate.chain", certificate.certificatePem());
        p.put("ssl.keystore.key", certificate.privateKeyPkcs8Pem());
        p.put("ssl.truststore.type", "PEM");
        p.put("ssl.truststore.certificates", certificate.certificatePem());
        return p;
    }

    /// The registry behind a proxy that ends TLS and wants a password, as registries are run.
    private static final class Registry implements AutoCloseable {
        private final HttpsServer server;
        private final HttpClient http = HttpClient.newHttpClient();
        private final URI behind;

        Registry(HeldCertificate certificate, String behind) throws IOException {
            this.behind = URI.create(behind);
            server =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var tls =
                    new HandshakeCertificates.Builder()
                            .heldCertificate(certificate)
                            .build()
                            .sslContext();
            server.setHttpsConfigurator(new HttpsConfigurator(tls));
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::pass);
            server.start();
        }

        String url() {
            return "https://127.0.0.1:" + server.getAddress().getPort() + behind.getPath();
        }

        private void pass(HttpExchange exchange) throws IOException {
            try (exchange) {
                var wanted =
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(USER.getBytes(StandardCharsets.UTF_8));
                if (!wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    exchange.sendResponseHeaders(401, -1);
                    return;
                }
                var request =
                        HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
                                .header(
                                        "Content-Type",
                                        exchange.getRequestHeaders().getFirst("Content-Type"))
                                .method(
                                        exchange.getRequestMethod(),
                                        HttpRequest.BodyPublishers.ofByteArray(
                                                exchange.getRequestBody().readAllBytes()))
                                .build();
                var answer = http.send(request, BodyHandlers.ofByteArray());
                exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
                exchange.getResponseBody().write(answer.body());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            server.stop(0);
            http.close();
        }
    }
}
