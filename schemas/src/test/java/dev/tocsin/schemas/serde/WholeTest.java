package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpServer;
import dev.tocsin.schemas.Canary;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A registry that has just started, and reads what it has after it opened its port. Its time is that of the test.
class WholeTest {
    private static final byte[] RECORD = {0, 0, 0, 0, 7, 4};

    /// What it has read.
    private final Set<Integer> has = new HashSet<>();

    private final List<String> requests = new ArrayList<>();

    /// What happens in its time, by when it does.
    private final List<Runnable> later = new ArrayList<>();

    private int status;
    private long nanos;
    private HttpServer server;
    private SchemaRegistry registry;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        var path = exchange.getRequestURI().getPath();
                        requests.add(path);
                        int id = path.startsWith("/schemas/ids/") ? id(path) : 0;
                        boolean known = id == 0 || has.contains(id);
                        var body =
                                (known
                                                ? "{\"id\":12,\"schema\":\"%s\"}"
                                                        .formatted(
                                                                Canary.getClassSchema()
                                                                        .toString()
                                                                        .replace("\"", "\\\""))
                                                : "{\"error_code\":40403,\"message\":\"none\"}")
                                        .getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(
                                status != 0 ? status : known ? 200 : 404, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        registry =
                new SchemaRegistry(
                        Map.of(
                                "schema.registry.url",
                                "http://127.0.0.1:" + server.getAddress().getPort()),
                        () -> nanos,
                        time -> {
                            nanos += time.toNanos();
                            later.forEach(Runnable::run);
                        });
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static int id(String path) {
        return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    }

    private void readsAfter(Duration time, int id) {
        long at = nanos + time.toNanos();
        later.add(() -> {
            if (nanos >= at) {
                has.add(id);
            }
        });
    }

    /// The service has worked for long, and been given this id.
    private void hasGiven(int id) {
        has.add(id);
        registry.schema(id);
        nanos += Duration.ofHours(1).toNanos();
        requests.clear();
    }

    private void denies(int id) {
        assertThatThrownBy(() -> registry.schema(id))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("answered 404");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void whatARegistryKnowsSomeSecondsAfterItBeganToAnswerWasNeverUnknown(int seconds) {
        readsAfter(Duration.ofSeconds(seconds), 7);
        assertThat(registry.schema(7)).isEqualTo(Canary.getClassSchema());
    }

    @Test
    void aRegistryThatLacksWhatItGaveIsAwayAndDeniesNothing() {
        hasGiven(12);
        has.clear();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> registry.schema(7))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("it gave schema id 12")
                    .hasMessageContaining("has not read all it has yet, or is another");
            nanos += Duration.ofSeconds(1).toNanos();
        }
        has.addAll(Set.of(7, 12));
        assertThat(registry.schema(7)).isEqualTo(Canary.getClassSchema());
    }

    @Test
    void anIdThatWasOnlyLookedUpHasToBeThereToo() {
        registry.lookup("canary-value", Canary.getClassSchema()); // 12
        nanos += Duration.ofHours(1).toNanos();
        assertThatThrownBy(() -> registry.schema(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("it gave schema id 12");
    }

    /// It has read what this process knows, and not yet what another one registered last.
    @ParameterizedTest
    @ValueSource(ints = {500, 503})
    void afterItWasAwayItIsAskedAgainAlsoWhenItHasWhatItGave(int away) {
        hasGiven(12);
        status = away;
        assertThatThrownBy(() -> registry.schema(13))
                .isInstanceOf(RegistryUnavailableException.class);
        status = 0;
        readsAfter(Duration.ofSeconds(2), 13);
        assertThat(registry.schema(13)).isEqualTo(Canary.getClassSchema());
    }

    /// Between the denial and the proof it may have read on: what is denied must be denied after it was proven whole.
    @Test
    void whatItReadBeforeItWasAskedForTheProofIsAskedForAgain() {
        hasGiven(12);
        var answers = new ArrayList<Boolean>();
        var whole = new Whole(() -> nanos, _ -> {});
        whole.gave(12);
        var answer =
                whole.settled(
                        () -> {
                            answers.add(has.contains(7));
                            return answer(has.contains(7));
                        },
                        id -> {
                            has.add(7);
                            return answer(has.contains(id));
                        });
        assertThat(answer.has()).isTrue();
        assertThat(answers).containsExactly(false, true);
    }

    private static RegistryHttp.Answer answer(boolean has) {
        return new RegistryHttp.Answer(has, MissingNode.getInstance(), "", Duration.ofHours(1));
    }

    @Test
    void anUnknownIdStallsNobodyWhereTheRegistryIsWhole() {
        hasGiven(12);
        long before = nanos;
        for (int id = 100; id < 200; id++) {
            denies(id);
            denies(id);
        }
        assertThat(nanos).isEqualTo(before);
        // One each; and the first waited for the proof.
        assertThat(requests).hasSize(102);
        assertThat(requests).containsOnlyOnce("/schemas/ids/12");
    }

    @Test
    void aProofIsGoodForASecond() {
        hasGiven(12);
        denies(100);
        requests.clear();
        nanos += Whole.GOOD_FOR.toNanos();
        has.clear();
        assertThatThrownBy(() -> registry.schema(101))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void inARegistryThatWasMadeAnewAnIdIsUnknownAfterSomeSeconds() {
        denies(7);
        assertThat(Duration.ofNanos(nanos)).isEqualTo(Whole.UNPROVEN);
        denies(8);
        assertThat(Duration.ofNanos(nanos)).isEqualTo(Whole.UNPROVEN);
    }

    @Test
    void whoIsInterruptedMeanwhileWaitsNoLonger() {
        var interrupted =
                new SchemaRegistry(
                        Map.of("schema.registry.url", registry.where()),
                        () -> nanos,
                        _ -> {
                            throw new InterruptedException();
                        });
        assertThatThrownBy(() -> interrupted.schema(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void confluentsClassesTakeItAtItsWordOnlyWhereOursDo() {
        Deserializer<Object> theirs =
                (_, _) -> {
                    throw new SerializationException("none", new RestClientException(40403));
                };
        hasGiven(12);
        try (var reader = ConfluentSerdes.reading(theirs)) {
            reader.configure(
                    Map.of(
                            "schema.registry.url",
                            registry.where(),
                            RegistryLease.CARRIED,
                            registry),
                    false);
            has.clear();
            assertThatThrownBy(() -> reader.deserialize("canary", RECORD))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("it gave schema id 12");
            has.add(12);
            assertThatThrownBy(() -> reader.deserialize("canary", RECORD)).hasMessage("none");
            nanos += Duration.ofMinutes(1).toNanos();
            has.add(7);
            assertThatThrownBy(() -> reader.deserialize("canary", RECORD))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("has it by now");
        }
    }
}
