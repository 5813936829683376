package dev.tocsin.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.Hostile;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Recurrence;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against a real mail server.
class EmailChannelTest {
    private final GreenMail server =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private EmailChannel channel(@Nullable Boolean starttls) {
        return new EmailChannel(
                new EmailChannel.Spec(
                        List.of("team@example.com"),
                        "Tocsin <tocsin@example.com>",
                        "smtp://127.0.0.1:" + server.getSmtp().getPort(),
                        null,
                        null,
                        starttls));
    }

    private static IncidentEvent closed() {
        var at = Instant.parse("2026-11-24T00:00:00Z");
        return IncidentEvent.newBuilder(Events.opened("i1"))
                .setSeq(2)
                .setType(IncidentEventType.CLOSED)
                .setOpen(false)
                .setName("Read <older> messages")
                .setStartedAt(at)
                .setEndedAt(at.plusSeconds(840))
                .setRecurrence(new Recurrence(1, 2))
                .build();
    }

    @Test
    void mailsOfOneIncidentAreOneThreadInPlainTextAndHtml() throws Exception {
        var channel = channel(false);
        assertThat(
                        channel.deliver(
                                Events.message("d1", Events.opened("i1"), "route 1"),
                                Instant.EPOCH))
                .isInstanceOf(Delivered.class);
        assertThat(channel.deliver(Events.message("d2", closed(), "told before"), Instant.EPOCH))
                .isInstanceOf(Delivered.class);
        var mails = server.getReceivedMessagesForDomain("example.com");
        assertThat(mails).hasSize(2);
        var mail = mails[mails.length - 1];
        assertThat(mail.getHeader("Message-ID")).containsExactly("<d2@tocsin.invalid>");
        for (var each : mails) {
            assertThat(each.getHeader("References")).containsExactly("<i1@tocsin.invalid>");
            assertThat(each.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        }
        assertThat(mail.getSubject())
                .isEqualTo("RECOVERED: Read <older> messages (2nd in 30 days)");
        var parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getContentType()).startsWith("multipart/alternative");
        assertThat(parts.getBodyPart(0).getContent().toString())
                .contains("2026-11-24 00:14:00 UTC (14 min)")
                .contains("told because: told before");
        assertThat(parts.getBodyPart(1).getContent().toString())
                .contains("Read &lt;older")
                .doesNotContain("<older>");
    }

    @Test
    void whateverHappensAMailFitsAndCanBeReadAndSaysWhatItIsOf() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            var message = new Hostile(seed).message();
            var sent = new ByteArrayOutputStream();
            channel(false).mail(message, Instant.EPOCH).writeTo(sent);
            assertThat(sent.size()).as("seed " + seed).isLessThanOrEqualTo(16_384);
            var read = new MimeMessage(null, new ByteArrayInputStream(sent.toByteArray()));
            var parts = (MimeMultipart) read.getContent();
            assertThat(parts.getCount()).isEqualTo(2);
            var plain = parts.getBodyPart(0).getContent().toString();
            switch (message) {
                case Message.One _ -> {
                    assertThat(read.getHeader("X-Tocsin-Incident")).containsExactly("i1");
                    assertThat(plain).contains("Incident i1. You are told because: ");
                }
                case Message.Digest digest ->
                        assertThat(read.getSubject())
                                .startsWith(digest.conversations() + " incidents, ");
            }
        }
    }

    @Test
    void anIncidentsIdWritesNoHeaders() throws Exception {
        var mail =
                channel(false)
                        .mail(
                                Events.message(
                                        "d1", Events.opened("i1\r\nBcc: x@example.com"), "route 1"),
                                Instant.EPOCH);
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getHeader("X-Tocsin-Incident")).containsExactly("i1_Bcc:_x@example.com");
    }

    @Test
    void withoutStarttlsNothingIsSentUnlessTold() {
        var result =
                channel(null)
                        .deliver(
                                Events.message("d1", Events.opened("i1"), "route 1"),
                                Instant.EPOCH);
        assertThat(result).isNotInstanceOf(Delivered.class);
        assertThat(result.detail()).contains("STARTTLS");
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void refusesASpecThatCannotBe() {
        assertThatThrownBy(() ->
                        new EmailChannel.Spec(
                                List.of("no address"), "a@b", "smtp://h", null, null, null))
                .hasMessageContaining("\"no address\" is not an address");
        assertThatThrownBy(() ->
                        new EmailChannel.Spec(List.of("a@b"), "a@b", "http://h", null, null, null))
                .hasMessageContaining("smtp: must be smtp://");
        assertThatThrownBy(
                        () -> new EmailChannel.Spec(List.of("a@b"), null, null, null, null, null))
                .hasMessageContaining("from: missing");
    }

    private static EmailChannel.Spec login(int port, String... to) {
        return new EmailChannel.Spec(
                List.of(to),
                "tocsin@example.com",
                "smtp://127.0.0.1:" + port,
                "team",
                "wrong",
                false);
    }

    private static DeliveryResult deliver(Channel channel) {
        return channel.deliver(Events.message("d1", Events.opened("i1"), "route 1"), Instant.EPOCH);
    }

    @Test
    void aRealMailServersNoToALoginIsFinal() {
        server.setUser("team@example.com", "team", "right");
        var channel = new EmailChannel(login(server.getSmtp().getPort(), "team@example.com"));
        assertThat(deliver(channel))
                .isEqualTo(new Rejected(535, "the mail server refused the login", false));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH, 454 4.7.0 Temporary authentication failure, 454, false",
        "AUTH, 421 4.3.2 closing, 421, false",
        "AUTH, 535 5.7.8 no, 535, true",
        "AUTH, 534 5.7.9 too weak, 534, true",
        "AUTH, '', , false",
        "EHLO, '250-hi\r\n250 AUTH NO-SUCH-WAY', , true",
        "MAIL, 421 4.7.0 too many, 421, false",
        "MAIL, 553 no such sender, 553, true",
        "RCPT, 450 4.2.0 greylisted, 450, false",
        "RCPT, 451 4.3.0 later, 451, false",
        "RCPT, 452 4.2.2 full, 452, false",
        "RCPT, 550 5.1.1 no such user, 550, true",
        "DATA, 452 4.3.1 no space, 452, false",
        "DATA, 554 no, 554, true",
        "., 451 4.3.0 later, 451, false",
        "., 554 5.7.1 spam, 554, true",
        "., '', , false"
    })
    void aMailServersNoIsFinalAndItsLaterIsNot(
            String command, String answer, @Nullable Integer status, boolean refused)
            throws Exception {
        try (var mail = new ScriptedMail(Map.of(command, answer))) {
            var result = deliver(new EmailChannel(login(mail.port(), "team@example.com")));
            assertThat(result).isInstanceOf(refused ? Rejected.class : Retry.class);
            assertThat(result.status()).isEqualTo(status);
            assertThat(result.detail()).isNotEmpty();
        }
    }

    @Test
    void oneWhomTheServerDoesNotKnowKeepsTheMailFromNobodyElse() throws Exception {
        try (var mail =
                new ScriptedMail(Map.of("RCPT TO:<b@example.com>", "550 5.1.1 no such user"))) {
            var spec = login(mail.port(), "a@example.com", "b@example.com", "c@example.com");
            var each = EmailChannel.TYPE.factory().apply(spec, new JudgedHttp(AddressRules.PUBLIC));
            assertThat(each).containsOnlyKeys("a@example.com", "b@example.com", "c@example.com");
            assertThat(deliver(Objects.requireNonNull(each.get("a@example.com"))))
                    .isInstanceOf(Delivered.class);
            assertThat(deliver(Objects.requireNonNull(each.get("b@example.com"))))
                    .isInstanceOf(Rejected.class)
                    .extracting(DeliveryResult::status)
                    .isEqualTo(550);
            assertThat(deliver(Objects.requireNonNull(each.get("c@example.com"))))
                    .isInstanceOf(Delivered.class);
            assertThat(mail.seen)
                    .filteredOn(line -> line.startsWith("RCPT") || line.startsWith("MAIL"))
                    .extracting(line -> line.replaceAll(" .*:", " "))
                    .containsExactly(
                            "MAIL <tocsin@example.com>",
                            "RCPT <a@example.com>",
                            "MAIL <tocsin@example.com>",
                            "RCPT <b@example.com>",
                            "MAIL <tocsin@example.com>",
                            "RCPT <c@example.com>");
        }
    }
}
