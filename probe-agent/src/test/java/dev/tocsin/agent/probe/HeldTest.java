package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.TestServer.Talk;
import dev.tocsin.agent.probe.run.Deadline;
import dev.tocsin.agent.probe.run.Room;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a target sends is held only where all of this agent's runs have room for it.
@Timeout(120)
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

    private final Room room = new Room(Room.LARGEST);
    private final Room.Share others = room.share(Deadline.after(Duration.ofMinutes(1)));

    private static void noMemory(Finding finding) {
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.ERROR);
        assertThat(failure(finding).getPhase()).isEqualTo(Phase.INTERNAL);
        assertThat(failure(finding).getCode()).isEqualTo("no-memory");
    }

    private static void passes(Finding finding) {
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
    }

    @ParameterizedTest
    @MethodSource("large")
    void aLargeAnswerIsHeldOnlyWhereThereIsRoom(
            String scheme, Talk talk, String spec, String condition) throws IOException {
        try (var server = new TestServer(TestServer.plain(), talk)) {
            var url = scheme + "://127.0.0.1:" + server.port();
            passes(Probing.run(url, spec, room, 10_000, condition, "[RESPONSE_TIME] < 10000"));
            others.take(Room.LARGEST); // nothing of it was left behind
            assertThat(others.waited()).isFalse();
            noMemory(Probing.run(url, spec, room, 300, condition));
        }
    }

    @Test
    void aBodyThatNoConditionReadsNeedsNone() throws IOException {
        others.take(Room.LARGEST);
        try (var server =
                new TestServer(
                        TestServer.plain(),
                        saying(
                                "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
                                        + "x".repeat(100_000)))) {
            var url = "http://127.0.0.1:" + server.port();
            passes(Probing.run(url, "", room, 10_000, "[STATUS] == 200"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "tcp", "smtp", "imap"})
    void aSmallAnswerNeedsNone(String scheme) throws IOException {
        others.take(Room.LARGEST);
        try (var server = TestServer.good(scheme)) {
            var url = scheme + "://127.0.0.1:" + server.port();
            var spec =
                    switch (scheme) {
                        case "imap" -> USER + "}";
                        case "smtp" -> "{\"starttls\":false}";
                        case "tcp" -> "{\"expect\":\"hello\"}";
                        default -> "";
                    };
            var condition = scheme.equals("imap") ? "[MESSAGES] == 1" : "[CONNECTED] == true";
            passes(Probing.run(url, spec, room, 10_000, condition));
        }
    }

    private Finding whenOthersEnd(Talk talk, long timeoutMs, String... conditions)
            throws Exception {
        others.take(Room.LARGEST);
        try (var server = new TestServer(TestServer.plain(), talk)) {
            var url = "http://127.0.0.1:" + server.port();
            var found = new AtomicReference<Finding>();
            var run =
                    Thread.ofPlatform()
                            .start(() ->
                                    found.set(Probing.run(url, "", room, timeoutMs, conditions)));
            await().until(() -> run.getState() == Thread.State.TIMED_WAITING);
            others.close();
            run.join();
            return found.get();
        }
    }

    private static String head(int length) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private void assertTooLarge(String scheme, String spec, Talk talk) throws IOException {
        try (var server = new TestServer(TestServer.plain(), talk)) {
            var url = scheme + "://127.0.0.1:" + server.port();
            for (var condition : List.of("[BODY] != pat(*needle*)", "len([BODY]) > 1")) {
                var finding = Probing.run(url, spec, room, 10_000, condition);
                assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.ERROR);
                assertThat(failure(finding).getCode()).isEqualTo("too-large");
            }
            var unread = scheme.equals("http") ? "[STATUS] == 200" : "[MESSAGES] == 1";
            passes(Probing.run(url, spec, room, 10_000, unread));
        }
    }

    /// A needle behind what is held made `!=` true: green, and false.
    @Test
    void aBodyOfWhichOnlyTheBeginningIsHeldIsNotJudged() throws IOException {
        int most = Room.LARGEST;
        assertTooLarge("http", "", saying(head(most + 6) + "x".repeat(most) + "needle"));
        try (var server =
                new TestServer(TestServer.plain(), saying(head(most) + "x".repeat(most)))) {
            var url = "http://127.0.0.1:" + server.port();
            passes(Probing.run(url, "", room, 10_000, "len([BODY]) == " + most));
        }
        int mail = most / 2;
        assertTooLarge(
                "imap",
                USER + ",\"older-than\":\"30d\"}",
                saying(
                        "* OK hi\r\nT OK in\r\n* 1 EXISTS\r\nT OK open\r\n* SEARCH 1\r\nT OK found\r\n"
                                + "* 1 FETCH (UID 1 INTERNALDATE \"01-Jan-2001 00:00:00 +0000\" BODY[]<0> {"
                                + mail
                                + "}\r\n\r\n\r\n"
                                + "x".repeat(mail - 4)
                                + ")\r\nT OK fetched\r\n"));
    }

    @Test
    void whoeverWaitedIsJudgedByWhatItFoundAndNotByItsTime() throws Exception {
        var talk = saying(head(100_000) + "x".repeat(100_000));
        passes(whenOthersEnd(talk, 60_000, "len([BODY]) == 100000"));
        var failed = whenOthersEnd(talk, 60_000, "len([BODY]) == 1");
        assertThat(failed.outcome()).isEqualTo(Outcome.FAIL);
        noMemory(whenOthersEnd(talk, 60_000, "[BODY] != y", "[RESPONSE_TIME] < 60000"));
    }

    /// It may be that we let it wait: a peer hangs up, and our time is over.
    @Test
    void whoeverWaitedAndGotNoWholeAnswerIsNoFailureOfTheTarget() throws Exception {
        noMemory(
                whenOthersEnd(
                        (_, out) -> {
                            out.write(ascii(head(100_000) + "x".repeat(50_000)));
                            out.flush();
                        },
                        60_000,
                        "[BODY] != y"));
        noMemory(whenOthersEnd(saying(head(100_000) + "x".repeat(50_000)), 1_000, "[BODY] != y"));
    }

    /// Not for want of room: no run may hold more than so much.
    @Test
    void anAnswerWithoutAnEndIsAFailureOfTheTarget() throws IOException {
        var line = "* 7 " + "x".repeat(60_000) + "\r\n";
        try (var server =
                new TestServer(TestServer.plain(), saying("* OK hi\r\n" + line.repeat(20)))) {
            var finding =
                    Probing.run(
                            "imap://127.0.0.1:" + server.port(),
                            USER + "}",
                            room,
                            10_000,
                            "[MESSAGES] == 1");
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(finding).getCode()).isEqualTo("protocol");
            assertThat(failure(finding).getDetail()).contains("more than 1048576 bytes in all");
        }
    }
}
