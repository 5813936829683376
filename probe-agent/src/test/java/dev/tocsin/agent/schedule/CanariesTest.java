package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rule 1: an agent that is cut off does not vote.
class CanariesTest {
    static {
        TrustedRecords.trust();
    }

    private static ServerSocket server() throws Exception {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private static String closed() throws Exception {
        try (var server = server()) {
            return url(server);
        }
    }

    private static String url(ServerSocket server) {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    private static CheckResult first(String target, List<String> canaries) throws Exception {
        var results = new ArrayBlockingQueue<CheckResult>(100);
        var resolver = new Resolver(Map.of());
        var clock = InstantSource.system();
        try (var scheduler =
                new Scheduler(
                        new Origin("us", "us-1", 1),
                        256,
                        clock,
                        name -> name,
                        resolver,
                        new Canaries(canaries, name -> name, resolver),
                        _ -> true,
                        results::add,
                        new Health())) {
            var check = Canaries.definition(target);
            scheduler.put(
                    CheckDefinition.newBuilder(check)
                            .setCheckId("shop")
                            .setIntervalMs(200)
                            .setTimeoutMs(200)
                            .setRegions(List.of("us"))
                            .build());
            var result = results.poll(10, TimeUnit.SECONDS);
            assertThat(result).isNotNull();
            return result;
        }
    }

    @Test
    void rule1WhatFailsWhileAllCanariesFailIsAnErrorOfTheAgent() throws Exception {
        var canary = closed();
        var result = first(closed(), List.of(canary));
        assertThat(result.getOutcome()).isEqualTo(Outcome.ERROR);
        assertThat(result.getFailure().getCode()).isEqualTo("offline");
        assertThat(result.getFailure().getDetail()).contains(canary + " CONNECT refused");
    }

    @Test
    void rule1WhatFailsWhileOneCanaryIsReachedIsAFailureOfTheTarget() throws Exception {
        try (var canary = server()) {
            var result = first(closed(), List.of(closed(), url(canary)));
            assertThat(result.getOutcome()).isEqualTo(Outcome.FAIL);
        }
    }

    @Test
    void withoutCanariesAFailureIsTheTargets() throws Exception {
        assertThat(first(closed(), List.of()).getOutcome()).isEqualTo(Outcome.FAIL);
    }

    @Test
    void aCanaryThatNoProbeServesIsNamedWithItsPlace(@TempDir Path dir) throws Exception {
        var file =
                Files.writeString(
                        dir.resolve("a.yaml"),
                        "agent:\n  region: us\n  canaries:\n    - ftp://x\n");
        var config = ConfigFile.load(file, Map.of(), Set.of("agent"));
        assertThatThrownBy(() -> AgentConfig.from(config))
                .hasMessageContaining("a.yaml:4: agent.canaries[0]")
                .hasMessageContaining("no scheme that a probe serves");
    }
}
