package dev.tocsin.it;

import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.embedded.EmbeddedKafka;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// A cluster as others run theirs: TLS and SASL, ACLs that deny what is not allowed, no topic made by itself; and the registry behind TLS and
/// basic auth. Its users have the rights that docs/how-to/run-on-an-existing-cluster.md asks for, no more.
final class SecuredCluster implements AutoCloseable {
    /// Of the registry: `tocsin` may all, `agent` may read.
    private static final String WRITES = "tocsin";

    private static final String READS = "agent";

    /// Of each user, and of the registry's.
    static final String PASSWORD = "not-a-secret";

    private final Lifecycle lifecycle = new Lifecycle();
    private final int port;
    private final Registry registry;
    private final Path ca;

    /// @param port of the broker; the controller takes the next one
    /// @param behind the registry to put TLS and a password before
    SecuredCluster(Path dir, int port, String behind, String topicPrefix) throws Exception {
        this.port = port;
        var certificate =
                new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
        ca = Files.writeString(dir.resolve("ca.pem"), certificate.certificatePem());
        try {
            lifecycle.closing(
                    "kafka", new EmbeddedKafka(dir.resolve("kafka"), port, broker(certificate)));
            registry = lifecycle.closing("registry", new Registry(certificate, behind));
            grant(topicPrefix);
        } catch (Exception e) {
            lifecycle.close();
            throw e;
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    String registryUrl() {
        return registry.url();
    }

    /// The certificate to trust, PEM.
    Path ca() {
        return ca;
    }

    private void grant(String prefix) throws ExecutionException, InterruptedException {
        var services =
                Stream.of(TOPIC, GROUP, TRANSACTIONAL_ID)
                        .map(type ->
                                allow(
                                        "tocsin",
                                        type,
                                        prefix,
                                        PatternType.PREFIXED,
                                        AclOperation.ALL));
        var agents =
                Stream.concat(
                        Stream.of("check-results", "check-hours", "agents")
                                .map(topic ->
                                        allow(
                                                "agent",
                                                TOPIC,
                                                prefix + topic,
                                                PatternType.LITERAL,
                                                AclOperation.WRITE)),
                        Stream.of("checks", "agents")
                                .map(topic ->
                                        allow(
                                                "agent",
                                                TOPIC,
                                                prefix + topic,
                                                PatternType.LITERAL,
                                                AclOperation.READ)));
        try (var admin = Admin.create(client("broker"))) {
            admin.createAcls(Stream.concat(services, agents).toList()).all().get();
        }
    }

    /// Takes a right on topics away from the services.
    void deny(String prefix, AclOperation operation) throws Exception {
        var on = new ResourcePattern(TOPIC, prefix, PatternType.PREFIXED);
        var who = new AccessControlEntry("User:tocsin", "*", operation, AclPermissionType.DENY);
        try (var admin = Admin.create(client("broker"))) {
            admin.createAcls(List.of(new AclBinding(on, who))).all().get();
        }
    }

    private static AclBinding allow(
            String user,
            ResourceType type,
            String name,
            PatternType pattern,
            AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    private Map<String, Object> client(String user) {
        return Map.of(
                "bootstrap.servers",
                bootstrapServers(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login("username=\"" + user + "\" password=\"" + PASSWORD + "\""),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                ca.toString());
    }

    private static String login(String options) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required " + options + ";";
    }

    private Map<String, String> broker(HeldCertificate certificate) {
        var p = new HashMap<String, String>();
        p.put("listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + (port + 1));
        p.put("advertised.listeners", "CLIENTS://127.0.0.1:" + port);
        p.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
        p.put("inter.broker.listener.name", "CLIENTS");
        p.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        p.put("sasl.enabled.mechanisms", "PLAIN");
        var users = new StringBuilder("username=\"broker\" password=\"" + PASSWORD + "\"");
        for (var user : List.of("broker", "tocsin", "agent")) {
            users.append(" user_").append(user).append("=\"").append(PASSWORD).append("\"");
        }
        p.put("listener.name.clients.plain.sasl.jaas.config", login(users.toString()));
        p.put("ssl.keystore.type", "PEM");
        p.put("ssl.keystore.certificate.chain", certificate.certificatePem());
        p.put("ssl.keystore.key", certificate.privateKeyPkcs8Pem());
        p.put("ssl.truststore.type", "PEM");
        p.put("ssl.truststore.certificates", certificate.certificatePem());
        p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        p.put(
                "super.users",
                "User:broker;User:ANONYMOUS"); // the controller's listener has no login
        return p;
    }

    @Override
    public void close() {
        lifecycle.close();
    }

    /// The registry behind a proxy that ends TLS and wants a password, as registries are run.
    private static final class Registry implements AutoCloseable {
        private static String login(String user) {
            return "Basic "
                    + Base64.getEncoder()
                            .encodeToString(
                                    (user + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        }

        /// To look up the id of a schema is a POST, too.
        private static boolean reads(HttpExchange exchange) {
            var path = exchange.getRequestURI().getPath();
            return exchange.getRequestMethod().equals("GET")
                    || (exchange.getRequestMethod().equals("POST")
                            && path.matches(".*/subjects/[^/]+"));
        }

        private final HttpsServer server;
        private final HttpClient http = HttpClient.newHttpClient();
        private final URI behind;

        Registry(HeldCertificate certificate, String behind) throws IOException {
            this.behind = URI.create(behind);
            server =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(
                    new HttpsConfigurator(
                            new HandshakeCertificates.Builder()
                                    .heldCertificate(certificate)
                                    .build()
                                    .sslContext()));
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::pass);
            server.start();
        }

        String url() {
            return "https://127.0.0.1:" + server.getAddress().getPort() + behind.getPath();
        }

        private void pass(HttpExchange exchange) throws IOException {
            try (exchange) {
                var headers = exchange.getRequestHeaders();
                var given = headers.getFirst("Authorization");
                if (!login(WRITES).equals(given) && !login(READS).equals(given)) {
                    exchange.sendResponseHeaders(401, -1);
                    return;
                }
                if (login(READS).equals(given) && !reads(exchange)) {
                    exchange.sendResponseHeaders(403, -1);
                    return;
                }
                var body = exchange.getRequestBody().readAllBytes();
                var request =
                        HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
                                .header("Content-Type", headers.getFirst("Content-Type"))
                                .method(
                                        exchange.getRequestMethod(),
                                        HttpRequest.BodyPublishers.ofByteArray(body))
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
