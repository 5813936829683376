package dev.tocsin.standalone.demo;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.tocsin.agent.probe.CanaryHash;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Properties;

/// A mail server with a mailbox of seeded old messages. When it fails, those cannot be read; sending and new mail go on,
/// as on that day.
final class MailService implements RegionalService {
    static final String ADDRESS = "canary@mail.demo";
    static final String USER = "canary";
    static final String ARCHIVE = "Archive";
    private static final int SEEDS = 5;
    private static final Duration AGE = Duration.ofDays(120);

    private final GreenMail server;
    private final GreenMailUser user;

    /// @param address of this region, literal
    MailService(String address, int smtpPort, int imapPort, String password) throws Exception {
        server =
                new GreenMail(
                        new ServerSetup[] {
                            new ServerSetup(smtpPort, address, ServerSetup.PROTOCOL_SMTP),
                            new ServerSetup(imapPort, address, ServerSetup.PROTOCOL_IMAP)
                        });
        server.start();
        try {
            user = server.getUserManager().createUser(ADDRESS, USER, password);
        } catch (UserException e) {
            server.stop();
            throw e;
        }
        server.getManagers().getImapHostManager().createMailbox(user, ARCHIVE);
        heal();
        append(server.getManagers().getImapHostManager().getInbox(user), 0, Instant.now());
    }

    @Override
    public void fail() throws FolderException {
        server.getManagers().getImapHostManager().getFolder(user, ARCHIVE).deleteAllMessages();
    }

    @Override
    public void heal() throws MessagingException, FolderException {
        var archive = server.getManagers().getImapHostManager().getFolder(user, ARCHIVE);
        if (archive.getMessageCount() > 0) {
            return;
        }
        for (int i = 1; i <= SEEDS; i++) {
            append(archive, i, Instant.now().minus(AGE.plusDays(i)));
        }
    }

    private static void append(MailFolder folder, int number, Instant at)
            throws MessagingException {
        var body = "Seed " + number + ": what was written then is what is read now.";
        var text =
                "From: <%s>\r\nTo: <%s>\r\nSubject: Seed %d\r\n%s: %s\r\n\r\n%s"
                        .formatted(
                                ADDRESS,
                                ADDRESS,
                                number,
                                CanaryHash.HEADER,
                                CanaryHash.of(body),
                                body);
        folder.appendMessage(
                new MimeMessage(
                        Session.getInstance(new Properties()),
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))),
                new Flags(),
                Date.from(at));
    }

    @Override
    public void close() {
        server.stop();
    }
}
