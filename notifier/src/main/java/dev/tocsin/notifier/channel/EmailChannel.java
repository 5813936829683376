package dev.tocsin.notifier.channel;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.text.MessageText;
import dev.tocsin.notifier.text.Room;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;

/// Mails the message, in plain text and HTML. The Message-ID is the delivery's, constant over all attempts; References has one
/// id for the incident, so that its mails are one thread. The mail server is the operator's own: [AddressRules] are not asked.
final class EmailChannel implements Channel {
    static final ChannelType<Spec> TYPE =
            new ChannelType<>("email", Spec.class, (spec, _) -> each(spec));

    /// DESIGN section 7: connect 3 s, and 10 s in all would cut off slow greylisting servers: 15 s per answer (research/incidents.md C.2).
    private static final Duration CONNECT = Duration.ofSeconds(3);

    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final Duration TOTAL = Duration.ofSeconds(30);
    private static final TemplateEngine TEMPLATES =
            TemplateEngine.createPrecompiled(ContentType.Html);

    private static final Pattern CODE = Pattern.compile("[2-5]\\d\\d\\b");

    /// What the library takes for the server's answer then, and -1 for its code.
    private static final String HUNG_UP = "[EOF]";

    /// @param smtp `smtp://host:587` or `smtps://host:465`
    /// @param starttls null and true: or nothing is sent; false: never
    record Spec(
            @Nullable List<String> to,
            @Nullable String from,
            @Nullable String smtp,
            @Nullable String username,
            @Nullable String password,
            @Nullable Boolean starttls) {
        Spec {
            if (to == null || to.isEmpty()) {
                throw new IllegalArgumentException("to: at least one address");
            }
            if (from == null) {
                throw new IllegalArgumentException(
                        "from: missing, here or under notify.channels.email");
            }
            to.forEach(Spec::address);
            address(from);
            if (smtp == null || !smtp.matches("smtps?://[^/@]+/?")) {
                throw new IllegalArgumentException(
                        "smtp: must be smtp://host:587 or smtps://host:465, here or under notify.channels.email");
            }
            if ((username == null) != (password == null)) {
                throw new IllegalArgumentException("username, password: give both or none");
            }
        }

        @Override
        public String toString() {
            return "Spec[not shown]";
        }

        Spec to(String recipient) {
            return new Spec(List.of(recipient), from, smtp, username, password, starttls);
        }

        private static InternetAddress address(String text) {
            try {
                return new InternetAddress(text, true);
            } catch (AddressException e) {
                throw new IllegalArgumentException(
                        "to, from: \"" + text + "\" is not an address: " + e.getMessage(), e);
            }
        }
    }

    /// Each recipient is told for itself: one whom the server refuses keeps the mail from nobody else.
    private static Map<String, Channel> each(Spec spec) {
        var all = new LinkedHashMap<String, Channel>();
        var to = java.util.Objects.requireNonNull(spec.to());
        for (var recipient : to) {
            all.put(recipient, new EmailChannel(spec.to(recipient)));
        }
        return all;
    }

    private final Spec spec;
    private final Duration total;
    private final Session session;
    private final String protocol;

    EmailChannel(Spec spec) {
        this(spec, ANSWER, TOTAL);
    }

    EmailChannel(Spec spec, Duration answer, Duration total) {
        this.spec = spec;
        this.total = total;
        var server = URI.create(java.util.Objects.requireNonNull(spec.smtp()));
        boolean tls = server.getScheme().equals("smtps");
        protocol = server.getScheme();
        var prefix = "mail." + protocol + ".";
        var properties = new Properties();
        properties.put("mail.transport.protocol", protocol);
        properties.put(prefix + "host", server.getHost());
        properties.put(
                prefix + "port",
                Integer.toString(server.getPort() > 0 ? server.getPort() : tls ? 465 : 587));
        properties.put(prefix + "connectiontimeout", Long.toString(CONNECT.toMillis()));
        properties.put(prefix + "timeout", Long.toString(answer.toMillis()));
        properties.put(prefix + "writetimeout", Long.toString(answer.toMillis()));
        properties.put(prefix + "ssl.checkserveridentity", "true");
        properties.put(prefix + "auth", Boolean.toString(spec.username() != null));
        boolean starttls = !tls && !Boolean.FALSE.equals(spec.starttls());
        properties.put(prefix + "starttls.enable", Boolean.toString(starttls));
        properties.put(prefix + "starttls.required", Boolean.toString(starttls));
        session = Session.getInstance(properties);
    }

    @Override
    public String fingerprint() {
        return Fingerprint.of(spec.smtp() + " " + spec.to());
    }

    @Override
    public DeliveryResult deliver(dev.tocsin.notifier.mailbox.Message message, Instant now) {
        // A server that drips outlasts every timeout of one answer: the whole has one too.
        var done = new CompletableFuture<DeliveryResult>();
        var sender =
                Thread.ofVirtual()
                        .name("mail-" + message.id())
                        .start(() -> {
                            try {
                                done.complete(send(message, now));
                            } catch (Throwable e) { // whoever waits must know
                                done.completeExceptionally(e);
                            }
                        });
        try {
            return done.get(total.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Retry(null, "not sent within " + total.toSeconds() + " s", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Retry(null, "interrupted", null);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            sender.interrupt();
        }
    }

    private DeliveryResult send(dev.tocsin.notifier.mailbox.Message told, Instant now) {
        try (var transport = session.getTransport(protocol)) {
            var message = mail(told, now);
            transport.connect(spec.username(), spec.password());
            transport.sendMessage(message, message.getAllRecipients());
            return new Delivered(250, "taken by the mail server");
        } catch (AuthenticationFailedException e) {
            return login(String.valueOf(e.getMessage()));
        } catch (MessagingException e) {
            return judge(e);
        }
    }

    /// @param answer the server's, which is not shown: what was sent may be in it. Or what keeps it from being asked
    private static DeliveryResult login(String answer) {
        var code = CODE.matcher(answer);
        if (code.lookingAt()) {
            int status = Integer.parseInt(code.group());
            return status >= 500
                    ? new Rejected(status, "the mail server refused the login", false)
                    : new Retry(status, "the mail server takes no login now", null);
        }
        return answer.isEmpty() || answer.equals(HUNG_UP)
                ? new Retry(null, "the mail server did not answer the login", null)
                : new Rejected(null, answer, false);
    }

    /// SMTP's 4xx may pass later, 5xx will hardly (RFC 5321, 4.2.1); what is no answer is a network's trouble.
    private static DeliveryResult judge(MessagingException e) {
        Integer status = null;
        for (Exception cause = e;
                cause instanceof MessagingException inner;
                cause = inner.getNextException()) {
            status =
                    switch (inner) {
                        case SMTPSendFailedException failed -> failed.getReturnCode();
                        case SMTPAddressFailedException failed -> failed.getReturnCode();
                        case SMTPSenderFailedException failed -> failed.getReturnCode();
                        default -> status;
                    };
        }
        var detail = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
        return status != null && status >= 500
                ? new Rejected(status, detail, false)
                : new Retry(status != null && status < 0 ? null : status, detail, null);
    }

    /// It has [Room#BYTES_AT_MOST] bytes at most, as it is sent.
    MimeMessage mail(dev.tocsin.notifier.mailbox.Message told, Instant now)
            throws MessagingException {
        var mail = message(told.id(), MessageText.of(told, Room.EACH.getFirst()), now);
        for (int i = 1; i < Room.EACH.size() && size(mail) > Room.BYTES_AT_MOST; i++) {
            mail = message(told.id(), MessageText.of(told, Room.EACH.get(i)), now);
        }
        return mail;
    }

    private static int size(MimeMessage mail) throws MessagingException {
        var bytes = new ByteArrayOutputStream();
        try {
            mail.writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is read or written outside
        }
        return bytes.size();
    }

    private MimeMessage message(String deliveryId, MessageText text, Instant now)
            throws MessagingException {
        var message =
                new MimeMessage(session) {
                    @Override
                    protected void updateMessageID() throws MessagingException {
                        setHeader("Message-ID", "<" + deliveryId + "@tocsin.invalid>");
                    }
                };
        message.setFrom(Spec.address(java.util.Objects.requireNonNull(spec.from())));
        for (var to : java.util.Objects.requireNonNull(spec.to())) {
            message.addRecipient(jakarta.mail.Message.RecipientType.TO, Spec.address(to));
        }
        message.setSubject(text.title(), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(now));
        if (text.incidentId() != null) {
            // Whoever may write events could write headers.
            var incident = text.incidentId().replaceAll("[^\\x21-\\x7e]+", "_");
            var thread = "<" + incident + "@tocsin.invalid>";
            message.setHeader("References", thread);
            message.setHeader("In-Reply-To", thread);
            message.setHeader("X-Tocsin-Incident", incident);
        }
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setHeader("X-Tocsin-Event", text.event());
        var plain = new MimeBodyPart();
        plain.setText(text.plain(), StandardCharsets.UTF_8.name());
        var html = new MimeBodyPart();
        var output = new StringOutput();
        TEMPLATES.render("mail.jte", text, output);
        html.setContent(output.toString(), "text/html; charset=utf-8");
        message.setContent(new MimeMultipart("alternative", plain, html));
        message.saveChanges();
        return message;
    }
}
