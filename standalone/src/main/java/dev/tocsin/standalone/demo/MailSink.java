package dev.tocsin.standalone.demo;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the alerts' mail arrives, on loopback.
public final class MailSink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MailSink.class);

    /// @param event the event's type and sequence, as the channel writes them
    /// @param thread what all mails of one incident refer to
    public record Mail(String incidentId, String event, String subject, String thread) {}

    private final GreenMail server =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final List<Mail> mails = new CopyOnWriteArrayList<>();
    private final Consumer<Mail> seen;
    private final Thread watcher;

    public MailSink(Consumer<Mail> seen) {
        this.seen = seen;
        server.start();
        watcher = Thread.ofVirtual().name("mail-sink").start(this::watch);
    }

    public String url() {
        return "smtp://127.0.0.1:" + server.getSmtp().getPort();
    }

    public List<Mail> mails() {
        return List.copyOf(mails);
    }

    private void watch() {
        try {
            while (true) {
                server.waitForIncomingEmail(1_000, mails.size() + 1);
                var all = server.getReceivedMessages();
                for (int i = mails.size(); i < all.length; i++) {
                    var mail = mail(all[i]);
                    mails.add(mail);
                    seen.accept(mail);
                }
                if (Thread.interrupted()) {
                    return;
                }
            }
        } catch (MessagingException e) {
            LOG.atError().setCause(e).log("bug: a mail that cannot be read");
        }
    }

    private static Mail mail(MimeMessage message) throws MessagingException {
        return new Mail(
                message.getHeader("X-Tocsin-Incident", null),
                message.getHeader("X-Tocsin-Event", null),
                message.getSubject(),
                message.getHeader("References", null));
    }

    @Override
    public void close() {
        watcher.interrupt();
        server.stop();
    }
}
