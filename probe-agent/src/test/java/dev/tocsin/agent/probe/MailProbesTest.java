package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.Outcome;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Submit, deliver, read new and read old are verdicts of their own, against a real mail server.
class MailProbesTest {
    private static final Logger LOG = LoggerFactory.getLogger(MailProbesTest.class);

    private final GreenMail server =
            new GreenMail(
                    new ServerSetup[] {
                        new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
                        new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP)
                    });
    private GreenMailUser user;

    @BeforeEach
    void start() {
        server.start();
        user = server.setUser("canary@mail.test", "canary", "s3cret");
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private Finding smtp(String more) {
        return Probing.run(
                "smtp://127.0.0.1:" + server.getSmtp().getPort(),
                "{\"to\":\"canary@mail.test\",\"starttls\":false" + more + "}",
                5000,
                Map.of());
    }

    private Finding imap(String more, String... conditions) {
        return Probing.run(
                "imap://127.0.0.1:" + server.getImap().getPort(),
                "{\"username\":\"canary\",\"password\":\"s3cret\",\"starttls\":false" + more + "}",
                5000,
                Map.of(),
                conditions);
    }

    private void store(String body, String hashOf, Duration age) throws Exception {
        var text =
                "Subject: seeded\r\n"
                        + CanaryHash.HEADER
                        + ": "
                        + CanaryHash.of(hashOf)
                        + "\r\n\r\n"
                        + body;
        var message =
                new MimeMessage(
                        Session.getInstance(new Properties()),
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        var inbox = server.getManagers().getImapHostManager().getInbox(user);
        inbox.appendMessage(message, new jakarta.mail.Flags(), Date.from(Instant.now().minus(age)));
    }

    @Test
    void whatIsSubmittedIsThereToBeReadAndIsWhole() {
        var sent = smtp(",\"username\":\"canary\",\"password\":\"s3cret\"");
        assertThat(sent.outcome()).as(sent.toString()).isEqualTo(Outcome.PASS);
        assertThat(sent.trace().lines()).noneMatch(line -> line.contains("s3cret"));
        var read =
                imap(
                        ",\"newer-than\":\"1m\"",
                        "[MESSAGES] == 1",
                        "[MESSAGE_AGE] < 1m",
                        "[BODY] == pat(*Tocsin canary*)");
        assertThat(read.outcome()).as(read.toString()).isEqualTo(Outcome.PASS);
        assertThat(read.trace().lines()).noneMatch(line -> line.contains("s3cret"));
    }

    @Test
    void olderMessagesAreAVerdictOfTheirOwn() throws Exception {
        store("of old", "of old", Duration.ofDays(100));
        assertThat(
                        imap(",\"older-than\":\"90d\"", "[MESSAGES] >= 1", "[MESSAGE_AGE] > 90d")
                                .outcome())
                .isEqualTo(Outcome.PASS);
        var none = imap(",\"older-than\":\"365d\"");
        assertThat(none.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(none.failedConditions()).containsExactly("[MESSAGES] >= 1 (found 0)");
        assertThat(imap(",\"newer-than\":\"5m\"").failedConditions())
                .containsExactly("[MESSAGES] >= 1 (found 0)");
        assertThat(imap("").outcome()).isEqualTo(Outcome.PASS);
    }

    @Test
    void aMessageThatIsNotTheOneThatWasStoredFails() throws Exception {
        store("rotten", "as stored", Duration.ofDays(100));
        assertThat(failure(imap(",\"older-than\":\"90d\"")).getCode()).isEqualTo("hash");
    }

    @Test
    void aWrongPasswordAndAMissingFolderAreNamed() {
        var login =
                Probing.run(
                        "imap://127.0.0.1:" + server.getImap().getPort(),
                        "{\"username\":\"canary\",\"password\":\"no\",\"starttls\":false}",
                        5000,
                        Map.of());
        assertThat(login.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(failure(login).getCode()).isEqualTo("login");
        assertThat(failure(imap(",\"folder\":\"Nowhere\"")).getCode()).isEqualTo("folder");
        assertThat(failure(smtp(",\"username\":\"canary\",\"password\":\"no\"")).getCode())
                .isEqualTo("smtp-535");
    }

    @Test
    void aPasswordMayHaveQuotesAndBackslashes() {
        var password = "a\"b\\c";
        server.setUser("odd@mail.test", "odd", password);
        var definition =
                Probing.definition(
                        "imap://127.0.0.1:" + server.getImap().getPort(),
                        "{\"username\":\"odd\",\"password\":\"${P}\",\"starttls\":false}",
                        5000,
                        "[CONNECTED] == true");
        var finding = Check.of(definition, _ -> password).run(new Resolver(Map.of()));
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
    }

    @Test
    void aPasswordIsNotSentInTheClearUnlessTold() {
        var imap =
                Probing.run(
                        "imap://127.0.0.1:" + server.getImap().getPort(),
                        "{\"username\":\"canary\",\"password\":\"s3cret\"}",
                        5000,
                        Map.of());
        assertThat(failure(imap).getCode()).isEqualTo("no-starttls");
    }

    /// Speaks in the clear until STARTTLS, then only over TLS.
    private static Finding throughStarttls(String scheme, SSLContext context) throws Exception {
        try (var listening = TestServer.plain()) {
            Thread.ofVirtual().start(() -> upgrade(listening, scheme, context));
            return Probing.run(
                    scheme + "://127.0.0.1:" + listening.getLocalPort(),
                    "{\"username\":\"u\",\"password\":\"s3cret\"}",
                    5000,
                    Map.of(),
                    "[CONNECTED] == true");
        }
    }

    private static void upgrade(ServerSocket listening, String scheme, SSLContext context) {
        try (var socket = listening.accept()) {
            boolean smtp = scheme.equals("smtp");
            TestServer.say(socket, smtp ? "220 hi\r\n" : "* OK hi\r\n");
            for (var line = TestServer.line(socket); ; line = TestServer.line(socket)) {
                if (line.contains("STARTTLS")) {
                    break;
                }
                assertThat(line).doesNotContain("LOGIN", "AUTH");
                TestServer.say(
                        socket,
                        smtp
                                ? "250-hi\r\n250 STARTTLS\r\n"
                                : "* CAPABILITY IMAP4rev1 STARTTLS\r\nT OK\r\n");
            }
            TestServer.say(socket, smtp ? "220 go on\r\n" : "T OK go on\r\n");
            var tls =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(socket, "127.0.0.1", socket.getPort(), true);
            tls.setUseClientMode(false);
            for (var line = TestServer.line(tls); !line.isEmpty(); line = TestServer.line(tls)) {
                TestServer.say(
                        tls,
                        !smtp
                                ? line.charAt(0) + " OK\r\n"
                                : line.startsWith("AUTH") ? "235 in\r\n" : "250 fine\r\n");
            }
        } catch (IOException e) {
            LOG.debug("the probe hung up", e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smtp", "imap"})
    void aPasswordGoesOnlyThroughATlsThatIsTrusted(String scheme) throws Exception {
        var good = throughStarttls(scheme, Certificates.good());
        assertThat(good.outcome()).as(good.toString()).isEqualTo(Outcome.PASS);
        assertThat(good.trace().timings()).containsKey("tls");
        var bad = throughStarttls(scheme, Certificates.ofAStranger());
        assertThat(failure(bad).getCode()).isEqualTo("untrusted");
    }

    @Test
    void refusesASpecThatCannotBe() {
        assertThatThrownBy(() -> imap(",\"older-than\":\"2h\""))
                .hasMessageContaining("older-than: at least 1d");
        assertThatThrownBy(() -> imap(",\"older-than\":\"2d\",\"newer-than\":\"1h\""))
                .hasMessageContaining("give one or none");
        assertThatThrownBy(() -> smtp(",\"from\":\"a b\""))
                .hasMessageContaining("is not an address");
    }
}
