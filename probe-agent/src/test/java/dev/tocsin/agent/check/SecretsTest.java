package dev.tocsin.agent.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was filled in for `${SECRET}` stands in nothing that leaves a check: not in why it cannot be run, nor in what a run says.
class SecretsTest {
    static {
        TrustedRecords.trust();
    }

    private static CheckDefinition definition(String url, String spec, String... conditions) {
        var type = ProbeTypes.forUrl(url.replace("${SECRET}", "x")).orElseThrow();
        return CheckDefinition.newBuilder(Check.bare("shop", url, type, Duration.ofSeconds(2)))
                .setProbeSpec(spec)
                .setConditions(conditions.length == 0 ? type.conditions() : List.of(conditions))
                .build();
    }

    private static String all(Throwable e) {
        var text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String all(Finding finding) {
        return finding.failure()
                + " "
                + finding.failedConditions()
                + finding.trace().address()
                + finding.trace().lines();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct horse battery",
                "tail-newline-pass\n",
                "pqrst|uvwxy|zabcd",
                "back\\slash\"quote",
                "qwer(tzui[opas"
            })
    void whatCannotBeUsedIsNamedAndNotShown(String secret) {
        for (var definition :
                List.of(
                        definition("http://127.0.0.1:1/${SECRET}", ""),
                        definition("http://${SECRET}/", ""),
                        definition(
                                "http://127.0.0.1:1/", "{\"headers\":{\"X-Key\":\"${SECRET}\"}}"),
                        definition("http://127.0.0.1:1/", "{\"method\":\"${SECRET}\"}"),
                        definition("tcp://127.0.0.1:1", "{\"expect\":\"${SECRET}\"}"),
                        definition("dns://127.0.0.1:1", "{\"query-name\":\"${SECRET}\"}"),
                        definition("dns://127.0.0.1:1", "{\"query-type\":\"${SECRET}\"}"),
                        definition("imap://127.0.0.1:1", "{\"username\":\"${SECRET}\"}"),
                        definition(
                                "smtp://127.0.0.1:1",
                                "{\"username\":\"u\",\"password\":\"${SECRET}\",\"to\":\"${SECRET}\"}"))) {
            String said;
            try {
                said = all(Check.of(definition, _ -> secret).run(new Resolver(Map.of())));
            } catch (IllegalArgumentException e) {
                said = all(e);
            }
            for (var part : secret.strip().split("[\\s|\\\\\"(\\[]+")) {
                if (part.length() >= 4) {
                    assertThat(said).as(definition.getUrl()).doesNotContainIgnoringCase(part);
                }
            }
        }
    }

    @Test
    void whatTheValueIsWrongWithSaysWhichNameItIs() {
        var thrown =
                catchThrowable(() ->
                        Check.of(
                                definition("http://127.0.0.1:1/${SECRET}", ""),
                                _ -> "correct horse"));
        assertThat(thrown).hasMessageContaining("${SECRET}");
        assertThat(thrown.getCause()).isNull();
    }

    @Test
    void whatTheDefinitionIsWrongWithIsSaidAsEver() {
        var thrown =
                catchThrowable(() ->
                        Check.of(
                                definition("imap://127.0.0.1:1", "{\"password\":\"${SECRET}\"}"),
                                _ -> "correct horse"));
        assertThat(thrown).hasMessageContaining("needs username and password");
    }

    @Test
    void aHostThatIsASecretDoesNotComeBackAsUnknown() {
        var finding =
                Check.of(definition("http://${SECRET}/", ""), _ -> "Very-Secret-Host.invalid")
                        .run(new Resolver(Map.of()));
        assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(all(finding)).doesNotContainIgnoringCase("very-secret-host");
    }

    @Test
    void whatATargetEchoesIsHiddenAlsoWhereItIsCut() throws IOException {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (var socket = server.accept()) {
                            // The beginning of the secret stands before the place where 80
                            // characters end.
                            var answer = "x".repeat(72) + "correct horse battery\n";
                            socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                            socket.getOutputStream().flush();
                            var _ = socket.getInputStream().readAllBytes();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            var finding =
                    Check.of(
                                    definition(
                                            "tcp://127.0.0.1:" + server.getLocalPort(),
                                            "{\"send\":\"${SECRET}\",\"expect\":\"battery\"}",
                                            "[BODY] == nothing"),
                                    _ -> "correct horse battery")
                            .run(new Resolver(Map.of()));
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(all(finding)).contains("(found xxx").doesNotContain("correct", "horse");
        }
    }
}
