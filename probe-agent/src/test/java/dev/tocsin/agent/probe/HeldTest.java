package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.TestServer.Talk;
import dev.tocsin.agent.probe.run.Deadline;
import dev.tocsin.agent.probe.run.Room;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a target sends is held only where all of this agent's runs have room for it.
class HeldTest {
    private static final String USER = "{\"username\":\"u\",\"password\":\"p\",\"starttls\":false";

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Whatever is asked.
    private static Talk saying(String text) {
        return (in, out) -> {
            out.write(ascii(text));
            out.flush();
            in.transferTo(java.io.OutputStream.nullOutputStream());
        };
    }

    /// Each sends some 100,000 bytes.
    static Stream<Arguments> large() {
        var body = "x".repeat(100_000);
        return Stream.of(
                Arguments.of(
                        "http",
                        saying("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body),
                        "",
                        "len([BODY]) == 100000"),
                Arguments.of(
                        "http", // chunked: how much comes is not known before
                        saying(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n"
                                        + body
                                        + "\r\n0\r\n\r\n"),
                        "",
                        "len([BODY]) == 100000"),
                Arguments.of(
                        "tcp",
                        saying("x".repeat(60_000) + "end"),
                        "{\"expect\":\"end\"}",
                        "len([BODY]) == 60003"),
                Arguments.of(
                        "imap",
                        saying(
                                "* OK hi\r\nT OK in\r\n"
                                        + ("* 7 " + "x".repeat(1_000) + "\r\n").repeat(100)
                                        + "* 1 EXISTS\r\nT OK open\r\n"),
                        USER + "}",
                        "[MESSAGES] == 1"),
                Arguments.of(
                        "imap",
                        saying(
                                "* OK hi\r\nT OK in\r\n* 1 EXISTS\r\nT OK open\r\n* SEARCH 1\r\nT OK found\r\n"
                                        + "* 1 FETCH (UID 1 INTERNALDATE \"01-Jan-2001 00:00:00 +0000\" BODY[] {100004}\r\n\r\n\r\n"
                                        + body
                                        + ")\r\nT OK fetched\r\n"),
                        USER + ",\"older-than\":\"30d\"}",
                        "len([BODY]) == 100000"));
    }

    @ParameterizedTest
    @MethodSource("large")
    void asMuchAsThereIsRoomForAndNoMore(String scheme, Talk talk, String spec, String condition)
            throws IOException {
        try (var server = new TestServer(TestServer.plain(), talk)) {
            var url = scheme + "://127.0.0.1:" + server.port();
            var enough = new Room(200_000);
            passes(Probing.run(url, spec, enough, 10_000, condition));
            try (var all = enough.share(Deadline.after(Duration.ofMinutes(1)))) {
                all.take(200_000); // nothing of it is left behind
            }
            var finding = Probing.run(url, spec, new Room(50_000), 10_000, condition);
            assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.ERROR);
            assertThat(failure(finding).getPhase()).isEqualTo(Phase.INTERNAL);
            assertThat(failure(finding).getCode()).isEqualTo("no-memory");
        }
    }

    private static void passes(Finding finding) {
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
    }

    @ParameterizedTest
    @MethodSource("large")
    void aBodyThatNoConditionReadsTakesNone(String scheme, Talk talk, String spec, String condition)
            throws IOException {
        if (scheme.equals("http")) {
            try (var server = new TestServer(TestServer.plain(), talk)) {
                var url = "http://127.0.0.1:" + server.port();
                passes(Probing.run(url, spec, new Room(1), 10_000, "[STATUS] == 200"));
            }
        }
    }
}
