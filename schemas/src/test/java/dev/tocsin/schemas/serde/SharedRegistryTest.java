package dev.tocsin.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tocsin.schemas.Canary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Several serdes of one service, and one registry that counts what it is asked.
@Timeout(30)
class SharedRegistryTest {
    private static final Canary CANARY =
            Canary.newBuilder()
                    .setRegion("us")
                    .setAgentId("a")
                    .setSequence(1)
                    .setAt(Instant.EPOCH)
                    .build();
    private static final String KNOWN =
            "{\"schema\":\""
                    + Canary.getClassSchema().toString().replace("\"", "\\\"")
                    + "\",\"id\":7}";
    private static final String UNKNOWN = "{\"error_code\":40403,\"message\":\"none\"}";

    private static final Set<Thread.State> WAITING =
            Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch answering = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile String body = KNOWN;
    private HttpServer server;
    private Map<String, Object> own;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                        answering.await();
                        var bytes = body.getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(status, bytes.length);
                        exchange.getResponseBody().write(bytes);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
        server.start();
        own = Map.of("schema.registry.url", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        answering.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private Map<String, Object> carrying(SchemaRegistry registry) {
        var configs = new HashMap<>(own);
        configs.put(RegistryLease.CARRIED, registry);
        return configs;
    }

    @Test
    void whatOneSerdeKnowsAllKnow() {
        answering.countDown();
        var configs = carrying(new SchemaRegistry(own));
        for (int i = 0; i < 5; i++) {
            try (var serializer = AvroSerdes.<Canary>serializer(configs);
                    var deserializer = AvroSerdes.deserializer(configs, Canary.class)) {
                var bytes = serializer.serialize("canary", CANARY);
                assertThat(deserializer.deserialize("canary", bytes)).isEqualTo(CANARY);
            }
        }
        assertThat(requests).containsExactly("POST /subjects/canary-value", "GET /schemas/ids/7");
    }

    @Test
    void anIdThatOneSerdeWasRefusedIsRefusedToAll() {
        answering.countDown();
        var nanos = new AtomicLong();
        var registry = new SchemaRegistry(own, nanos::get, time -> nanos.addAndGet(time.toNanos()));
        registry.check();
        nanos.addAndGet(Whole.UNPROVEN.toNanos());
        requests.clear();
        status = 404;
        body = UNKNOWN;
        var configs = carrying(registry);
        for (int i = 0; i < 5; i++) {
            try (var deserializer = AvroSerdes.deserializer(configs, Canary.class)) {
                assertThatThrownBy(() ->
                                deserializer.deserialize("canary", new byte[] {0, 0, 0, 0, 7, 1}))
                        .isInstanceOf(SerializationException.class);
            }
        }
        assertThat(requests).hasSize(1);
    }

    @Test
    void twoThreadsThatAskTheSameAtOnceMakeOneCall() throws Exception {
        var registry = new SchemaRegistry(own);
        var first = threads.submit(() -> registry.schema(7));
        awaitRequests(1);
        var second = waiting(() -> registry.schema(7));
        answering.countDown();
        assertThat(first.get()).isEqualTo(Canary.getClassSchema());
        assertThat(second.get()).isSameAs(first.get());
        assertThat(requests).hasSize(1);
    }

    @Test
    void aRegistryThatIsAwayIsAwayForAllWhoAskAtOnce() throws Exception {
        status = 503;
        var registry = new SchemaRegistry(own);
        var first = threads.submit(() -> registry.lookup("a", Canary.getClassSchema()));
        awaitRequests(1);
        var second = waiting(() -> registry.lookup("a", Canary.getClassSchema()));
        answering.countDown();
        for (var result : List.of(first, second)) {
            assertThatThrownBy(result::get)
                    .hasCauseInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("answered 503");
        }
        assertThat(requests).hasSize(3); // the tries of one
    }

    @Test
    void whoWaitsForOneThatIsInterruptedAsksThen() throws Exception {
        var registry = new SchemaRegistry(own);
        var first = threads.submit(() -> registry.schema(7));
        awaitRequests(1);
        var second = waiting(() -> registry.schema(7));
        first.cancel(true);
        awaitRequests(2);
        answering.countDown();
        assertThat(second.get()).isEqualTo(Canary.getClassSchema());
    }

    @Test
    void whoWaitsCanBeInterrupted() throws InterruptedException {
        var registry = new SchemaRegistry(own);
        var _ = threads.submit(() -> registry.schema(7));
        awaitRequests(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> registry.schema(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(requests).hasSize(1);
    }

    @Test
    void aSerdeThatIsClosedClosesItsOwnRegistryAndNoOther() {
        answering.countDown();
        var registry = new SchemaRegistry(own);
        AvroSerdes.deserializer(carrying(registry), Canary.class).close();
        AvroSerdes.serializer(carrying(registry)).close();
        assertThat(registry.schema(7)).isEqualTo(Canary.getClassSchema());

        var alone = AvroSerdes.<Canary>serializer(own);
        alone.close();
        assertThatThrownBy(() -> alone.serialize("canary", CANARY))
                .isInstanceOf(RegistryUnavailableException.class);
        assertThat(requests).hasSize(1);
    }

    @Test
    void whoeverClosesItGivesUpWhatIsAskedAndKeepsWhatIsKnown() throws Exception {
        var registry = new SchemaRegistry(own);
        var asking = threads.submit(() -> registry.schema(7));
        awaitRequests(1);
        registry.close();
        registry.close();
        assertThatThrownBy(asking::get).hasCauseInstanceOf(RegistryUnavailableException.class);

        answering.countDown();
        var other = new SchemaRegistry(own);
        other.schema(7);
        other.close();
        assertThat(other.schema(7)).isEqualTo(Canary.getClassSchema());
        assertThatThrownBy(() -> other.schema(8)).isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void whoHasOtherSettingsAsksForItself() {
        var registry = new SchemaRegistry(own);
        assertThat(RegistryLease.of(carrying(registry)))
                .isEqualTo(new RegistryLease(registry, false));
        for (var other :
                List.of(
                        Map.entry("schema.registry.url", "http://127.0.0.1:1"),
                        Map.entry("basic.auth.user.info", "somebody:else"))) {
            var configs = carrying(registry);
            configs.put(other.getKey(), other.getValue());
            try (var lease = RegistryLease.of(configs)) {
                assertThat(lease.own()).as(other.getKey()).isTrue();
                assertThat(lease.registry()).isNotSameAs(registry);
            }
        }
    }

    /// Submits, and returns when what was submitted waits for something.
    private <T> Future<T> waiting(Callable<T> call) throws InterruptedException {
        var thread = new CompletableFuture<Thread>();
        var result =
                threads.submit(() -> {
                    thread.complete(Thread.currentThread());
                    return call.call();
                });
        spin(() -> thread.isDone() && WAITING.contains(thread.join().getState()));
        return result;
    }

    private void awaitRequests(int count) throws InterruptedException {
        spin(() -> requests.size() >= count);
    }

    /// Until the test's time is over.
    private static void spin(BooleanSupplier until) throws InterruptedException {
        while (!until.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Thread.onSpinWait();
        }
    }
}
