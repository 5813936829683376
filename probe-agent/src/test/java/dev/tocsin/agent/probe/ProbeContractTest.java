package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every probe must do, for each URL scheme there is, against real servers on loopback. A new probe is caught here
/// without a line about it: [TestServer] wants a good server for its scheme.
class ProbeContractTest {
    private static final String ACCOUNT =
            "{\"username\":\"u\",\"password\":\"p\",\"starttls\":false}";
    private static final Map<String, String> SPECS =
            Map.of(
                    "dns", "{\"query-name\":\"example.test\"}",
                    "tcp", "{\"expect\":\"hello\"}",
                    "udp", "{\"send\":\"hello\"}",
                    "imap", ACCOUNT,
                    "imaps", ACCOUNT);

    static Stream<String> schemes() {
        return ProbeTypes.ALL.stream().flatMap(type -> type.schemes().stream()).sorted();
    }

    /// UDP has no stream to drip on and no connection to refuse.
    static Stream<String> streamSchemes() {
        return schemes().filter(scheme -> !TestServer.OVER_UDP.contains(scheme));
    }

    private static Finding run(String scheme, int port, long timeoutMs) {
        return Probing.run(
                scheme + "://127.0.0.1:" + port,
                SPECS.getOrDefault(scheme, ""),
                timeoutMs,
                Map.of());
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void passesAgainstAGoodServerAndSaysWhereTheTimeWent(String scheme) throws IOException {
        try (var server = TestServer.good(scheme)) {
            var finding = run(scheme, server.port(), 5000);
            assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
            assertThat(finding.trace().address()).isEqualTo("127.0.0.1");
            assertThat(finding.trace().timings()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(finding.trace().timings().values().stream().mapToLong(us -> us).sum())
                    .isLessThanOrEqualTo(finding.took().toNanos() / 1000);
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void everyRunOpensAConnectionOfItsOwn(String scheme) throws IOException {
        try (var server = TestServer.good(scheme)) {
            run(scheme, server.port(), 5000);
            run(scheme, server.port(), 5000);
            assertThat(server.clients()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("streamSchemes")
    void aClosedPortIsAFailureInPhaseConnect(String scheme) throws IOException {
        int port;
        try (var socket = TestServer.plain()) {
            port = socket.getLocalPort();
        }
        var finding = run(scheme, port, 2000);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(failure(finding).getPhase()).isEqualTo(Phase.CONNECT);
        assertThat(failure(finding).getCode()).isEqualTo("refused");
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void aServerThatSaysNothingIsATimeoutWithinTheDeadline(String scheme) throws IOException {
        try (var server = TestServer.silent(scheme)) {
            var finding = run(scheme, server.port(), 300);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(finding).getPhase()).isEqualTo(Phase.TIMEOUT);
            assertThat(finding.took()).isLessThan(Duration.ofSeconds(5));
        }
    }

    /// A thread of the HTTP client's pool was busy for as long as a target said nothing: as many black holes, as many busy threads.
    @ParameterizedTest
    @MethodSource("schemes")
    void nothingIsBusyWhileAServerSaysNothing(String scheme) throws IOException {
        try (var server = TestServer.silent(scheme)) {
            run(scheme, server.port(), 100); // classes are loaded
            var before = cpuTimes();
            run(scheme, server.port(), 600);
            var busy = new HashMap<>(cpuTimes());
            busy.replaceAll((thread, nanos) -> nanos - before.getOrDefault(thread, 0L));
            assertThat(busy)
                    .allSatisfy((_, nanos) ->
                            assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofMillis(300)));
        }
    }

    /// By id of a thread, in nanoseconds.
    private static Map<Long, Long> cpuTimes() {
        var threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getAllThreadIds())
                .boxed()
                .collect(Collectors.toMap(id -> id, threads::getThreadCpuTime));
    }

    @ParameterizedTest
    @MethodSource("streamSchemes")
    void aServerThatDripsDoesNotOutlastTheDeadline(String scheme) throws IOException {
        try (var server = TestServer.dripping(scheme)) {
            var finding = run(scheme, server.port(), 400);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(finding).getPhase()).isEqualTo(Phase.TIMEOUT);
            assertThat(finding.took()).isLessThan(Duration.ofSeconds(5));
        }
    }

    /// So that an agent that stops, or a check that is replaced, waits for no target.
    @ParameterizedTest
    @MethodSource("schemes")
    void anInterruptedRunEndsAtOnce(String scheme) throws Exception {
        try (var server = TestServer.silent(scheme)) {
            var ended = new CompletableFuture<Finding>();
            var thread =
                    Thread.ofVirtual()
                            .start(() -> ended.complete(run(scheme, server.port(), 60_000)));
            while (server.clients() == 0) {
                Thread.onSpinWait();
            }
            thread.interrupt();
            assertThat(ended.get(20, TimeUnit.SECONDS).outcome()).isNotEqualTo(Outcome.PASS);
        }
    }
}
