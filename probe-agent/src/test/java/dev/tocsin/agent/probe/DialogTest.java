package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.run.LineDialog;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Conversations of a few lines, as the server hears and as the trace shows them.
class DialogTest {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Boolean> hungUp = new CompletableFuture<>();

    private TestServer server(String greeting, UnaryOperator<String> reply) throws IOException {
        return new TestServer(
                TestServer.plain(),
                (in, out) -> {
                    out.write(greeting.getBytes(StandardCharsets.US_ASCII));
                    var reader =
                            new BufferedReader(
                                    new InputStreamReader(in, StandardCharsets.US_ASCII));
                    for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                        heard.add(line);
                        out.write(reply.apply(line).getBytes(StandardCharsets.US_ASCII));
                    }
                    hungUp.complete(true);
                });
    }

    private static Finding run(
            TestServer server, String scheme, String spec, String... conditions) {
        return Probing.run(
                scheme + "://127.0.0.1:" + server.port(), spec, 10_000, Map.of(), conditions);
    }

    private static void passed(Finding finding) {
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
        assertThat(finding.trace().timings()).containsKeys("connect", "request", "response");
    }

    private static String smtp(String line) {
        return switch (line.split("[ :]", 2)[0]) {
            case "EHLO" -> "250-mail.test\r\n250-SIZE 1000\r\n250\r\n";
            case "AUTH" -> "235 in\r\n";
            case "DATA" -> "354 go on\r\n";
            case "MAIL", "RCPT", "." -> "250 fine\r\n";
            case "QUIT" -> "221 bye\r\n";
            default -> ""; // of the mail
        };
    }

    @Test
    void smtpSaysGoodByeAndItsCodeIsThatOfTheLastStep() throws Exception {
        try (var server = server("220 hi\r\n", DialogTest::smtp)) {
            var plain = run(server, "smtp", "", "[SMTP_CODE] == 250");
            passed(plain);
            assertThat(plain.trace().lines().stream().map(line -> line.replaceAll(".* ms  ", "")))
                    .contains("> EHLO tocsin.invalid", "< 250-SIZE 1000", "< 250", "> QUIT");
            assertThat(hungUp.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(heard).containsExactly("EHLO tocsin.invalid", "QUIT");
        }
    }

    @Test
    void aLoginAndAMailHaveCodesOfTheirOwn() throws IOException {
        try (var server = server("220 hi\r\n", DialogTest::smtp)) {
            var login = "\"username\":\"u\",\"password\":\"p\",\"starttls\":false";
            passed(run(server, "smtp", "{" + login + "}", "[SMTP_CODE] == 235"));
            passed(
                    run(
                            server,
                            "smtp",
                            "{" + login + ",\"to\":\"a@mail.test\"}",
                            "[SMTP_CODE] == 250"));
            assertThat(heard)
                    .contains("MAIL FROM:<a@mail.test>", "RCPT TO:<a@mail.test>", "DATA", ".");
        }
    }

    @Test
    void imapSaysGoodBye() throws Exception {
        try (var server =
                server(
                        "* OK hi\r\n",
                        line ->
                                (line.contains("EXAMINE") ? "* 3 EXISTS\r\n" : "")
                                        + line.charAt(0)
                                        + " OK\r\n")) {
            passed(
                    run(
                            server,
                            "imap",
                            "{\"username\":\"u\",\"password\":\"p\",\"starttls\":false}",
                            "[MESSAGES] == 3"));
            assertThat(hungUp.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(heard)
                    .containsExactly("T LOGIN \"u\" \"p\"", "T EXAMINE \"INBOX\"", "Z LOGOUT");
        }
    }

    /// Our own fault is what `bug` says.
    @ParameterizedTest
    @CsvSource({
        "* 99999999999 EXISTS, 01-Jan-2001 00:00:00 +0000, '', condition",
        "* 1 EXISTS, 01-Jan-2001 00:00 +0000, ',\"older-than\":\"30d\"', protocol",
        "* 1 EXISTS, 99-Foo-2001 00:00:00 +0000, ',\"older-than\":\"30d\"', protocol"
    })
    void aNumberAndADateThatAreNoneAreTheServersFault(
            String exists, String date, String spec, String code) throws IOException {
        try (var server =
                server(
                        "* OK hi\r\n",
                        line ->
                                (line.contains("EXAMINE") ? exists + "\r\n" : "")
                                        + (line.contains("SEARCH") ? "* SEARCH 1\r\n" : "")
                                        + (line.contains("FETCH")
                                                ? "* 1 FETCH (UID 1 INTERNALDATE \""
                                                        + date
                                                        + "\")\r\n"
                                                : "")
                                        + "T OK\r\n")) {
            var finding =
                    run(
                            server,
                            "imap",
                            "{\"username\":\"u\",\"password\":\"p\",\"starttls\":false"
                                    + spec
                                    + "}",
                            "[MESSAGES] >= 1");
            assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(failure(finding).getCode()).isEqualTo(code);
        }
    }

    @Test
    void whatIsNoReplyIsNamed() throws IOException {
        try (var server = server("hello\r\n", DialogTest::smtp)) {
            assertThat(failure(run(server, "smtp", "")).getCode()).isEqualTo("protocol");
        }
        try (var server = server("554 go away\r\n", DialogTest::smtp)) {
            assertThat(failure(run(server, "smtp", "")).getCode()).isEqualTo("smtp-554");
        }
    }

    private static void repeat(OutputStream out, String text, int times) throws IOException {
        out.write(text.repeat(times).getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @ParameterizedTest
    @CsvSource({
        "220-on and on CRLF, 9999, 220 hi CRLF, smtp-250",
        "220-on and on CRLF, 10000, 220 hi CRLF, protocol",
        "2, 65536, CRLF, protocol",
        "2, 65537, CRLF, protocol"
    })
    void anAnswerWithoutAnEndIsEnded(String piece, int times, String last, String code)
            throws IOException {
        try (var server =
                new TestServer(
                        TestServer.plain(),
                        (in, out) -> {
                            repeat(out, piece.replace(" CRLF", "\r\n"), times);
                            repeat(out, last.replace("CRLF", "\r\n"), 1);
                            in.read(new byte[100]);
                            repeat(out, "250 fine\r\n", 1);
                            in.transferTo(OutputStream.nullOutputStream());
                        })) {
            var finding = run(server, "smtp", "");
            assertThat(failure(finding).getPhase()).isEqualTo(Phase.RESPONSE);
            assertThat(failure(finding).getCode()).isEqualTo("protocol");
            assertThat(String.valueOf(failure(finding).getDetail()))
                    .contains(
                            piece.equals("2")
                                    ? times == 65_536
                                            ? "not an SMTP reply"
                                            : "a line of more than 65536 bytes"
                                    : "more than 10000 lines");
        }
    }

    /// Who cannot speak TLS keeps no connection of ours.
    @ParameterizedTest
    @ValueSource(strings = {"smtps", "imaps"})
    void aTlsThatCannotBeLeavesNoConnection(String scheme) throws Exception {
        try (var server =
                new TestServer(
                        TestServer.plain(),
                        (in, out) -> {
                            repeat(out, "220 I speak in the clear\r\n", 1);
                            in.transferTo(OutputStream.nullOutputStream());
                            hungUp.complete(true);
                        })) {
            var spec = scheme.equals("imaps") ? "{\"username\":\"u\",\"password\":\"p\"}" : "";
            assertThat(failure(run(server, scheme, spec)).getPhase()).isEqualTo(Phase.TLS);
            assertThat(hungUp.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /// Where it happened, not that the connection was open by then.
    @ParameterizedTest
    @CsvSource({"smtp, true", "smtp, false", "imap, true", "imap, false"})
    void aHangAndAHangUpAreNamedByTheirPhase(String scheme, boolean hangs) throws IOException {
        try (var server =
                new TestServer(
                        TestServer.plain(),
                        (in, out) -> {
                            repeat(out, scheme.equals("smtp") ? "220 hi\r\n" : "* OK hi\r\n", 1);
                            in.read(new byte[100]);
                            if (hangs) {
                                in.transferTo(OutputStream.nullOutputStream());
                            }
                        })) {
            var finding =
                    Probing.run(
                            scheme + "://127.0.0.1:" + server.port(),
                            scheme.equals("smtp")
                                    ? ""
                                    : "{\"username\":\"u\",\"password\":\"p\",\"starttls\":false}",
                            hangs ? 300 : 10_000,
                            Map.of());
            assertThat(failure(finding).getPhase())
                    .isEqualTo(hangs ? Phase.TIMEOUT : Phase.RESPONSE);
            assertThat(failure(finding).getCode()).isEqualTo(hangs ? "response" : "broken");
            assertThat(finding.trace().timings()).containsKey("response");
        }
    }

    @Test
    void aSchemesPortIsTakenWhereNoneIsGiven() {
        var none = URI.create("smtp://mail.test");
        assertThat(LineDialog.withPort(none, 587)).isEqualTo(URI.create("smtp://mail.test:587"));
        var given = URI.create("smtp://mail.test:1");
        assertThat(LineDialog.withPort(given, 587)).isEqualTo(given);
        assertThat(LineDialog.withPort(URI.create("smtp://mail.test:0"), 587).getPort())
                .isEqualTo(587);
        assertThatThrownBy(() -> LineDialog.withPort(URI.create("smtp:mail"), 587))
                .hasMessageContaining("needs a host");
    }

    @Test
    void tcpSendsFirstAndReadsOnlyWhatIsWaitedFor() throws Exception {
        try (var server = server("", line -> line.equals("PING") ? "+PONG\r\n" : "-ERR\r\n")) {
            passed(
                    run(
                            server,
                            "tcp",
                            "{\"send\":\"PING\\n\",\"expect\":\"PONG\"}",
                            "[BODY] == pat(*PONG*)"));
            var wrong = run(server, "tcp", "{\"send\":\"HO\\n\",\"expect\":\"PONG\"}");
            assertThat(wrong.outcome()).isEqualTo(Outcome.FAIL);
        }
        try (var server = server("", _ -> "")) {
            var sent = run(server, "tcp", "{\"send\":\"bye\\n\"}");
            assertThat(sent.outcome()).as(sent.toString()).isEqualTo(Outcome.PASS);
            assertThat(sent.trace().timings()).containsKey("request").doesNotContainKey("response");
            var silent = run(server, "tcp", "");
            assertThat(silent.outcome()).isEqualTo(Outcome.PASS);
            assertThat(silent.trace().timings()).doesNotContainKey("request");
        }
    }
}
