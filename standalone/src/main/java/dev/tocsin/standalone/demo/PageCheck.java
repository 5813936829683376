package dev.tocsin.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;

/// Looks at the status page as the public does, through its JSON.
final class PageCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MS = 10_000;
    private static final int YOUNG_SECONDS = 10;

    private final URI address;
    private String words = "never looked at while it was down";
    private boolean named;

    PageCheck(int port) {
        address = URI.create("http://127.0.0.1:" + port + "/api/v1/status.json");
    }

    boolean allFine() {
        return look().path("status").asText().equals("operational");
    }

    /// Whether it names all these services as failing, this region as fine in each, and has young data.
    boolean namesTheOutage(List<String> services, String fine) {
        var page = look();
        var failing =
                stream(page.path("services"))
                        .filter(s -> !s.path("status").asText().equals("operational"))
                        .toList();
        named |=
                failing.stream().map(s -> s.path("id").asText()).toList().containsAll(services)
                        && failing.stream()
                                .flatMap(s -> stream(s.path("regions")))
                                .filter(r -> r.path("id").asText().equals(fine))
                                .allMatch(r -> r.path("status").asText().equals("operational"))
                        && !page.path("stale").asBoolean()
                        && page.path("data_age_seconds").asInt() < YOUNG_SECONDS;
        if (named) {
            words =
                    "%s; all fine in %s; data %d s old"
                            .formatted(
                                    failing.stream()
                                            .map(s ->
                                                    s.path("name").asText()
                                                            + " "
                                                            + s.path("status")
                                                                    .asText()
                                                                    .replace('_', ' '))
                                            .toList(),
                                    fine,
                                    page.path("data_age_seconds").asInt());
        }
        return named;
    }

    /// What it said of the outage.
    String words() {
        return words;
    }

    boolean named() {
        return named;
    }

    private static java.util.stream.Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private JsonNode look() {
        try {
            var connection = address.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout(PATIENCE_MS);
            try (var in = connection.getInputStream()) {
                return JSON.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new IllegalStateException("the status page does not answer: " + e, e);
        }
    }
}
