package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.LineDialog;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Submits mail as a user's program does: greeting, STARTTLS, login and, with `to`, a canary message that an [ImapProbe] can
/// look for. `[SMTP_CODE]` is the last reply's.
record SmtpProbe(URI target, boolean tls, Spec spec) implements Probe {
    static final ProbeType<Spec> TYPE =
            new ProbeType<>(
                    "smtp",
                    Set.of("smtp", "smtps"),
                    Spec.class,
                    List.of("[CONNECTED] == true"),
                    Map.of("SMTP_CODE", Value.NUMBER),
                    SmtpProbe::make);

    /// The submission ports (RFC 6409, RFC 8314).
    private static final int PORT = 587;

    private static final int TLS_PORT = 465;

    /// @param from defaults to `to`
    /// @param to where the canary goes; without it nothing is sent
    /// @param starttls null: where offered; true: or fail; false: never, which a password needs to be told
    record Spec(
            @Nullable String username,
            @Nullable String password,
            @Nullable String from,
            @Nullable String to,
            @Nullable Boolean starttls,
            boolean insecure) {
        Spec {
            if ((username == null) != (password == null)) {
                throw new IllegalArgumentException("username, password: give both or none");
            }
            for (var address : new String[] {from, to}) {
                if (address != null && !address.matches("[^\\s<>@]+@[^\\s<>@]+")) {
                    throw new IllegalArgumentException(
                            "from, to: \"" + address + "\" is not an address");
                }
            }
        }
    }

    private static Probe make(URI target, Spec spec) {
        boolean tls = target.getScheme().equals("smtps");
        return new SmtpProbe(LineDialog.withPort(target, tls ? TLS_PORT : PORT), tls, spec);
    }

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        try (var dialog = LineDialog.open(target, tls, spec.insecure(), run)) {
            expect(dialog, 220);
            var offered = hello(dialog);
            if (!tls && !Boolean.FALSE.equals(spec.starttls())) {
                if (offered.contains("STARTTLS")) {
                    ask(dialog, "STARTTLS", 220);
                    dialog.startTls();
                    hello(dialog);
                } else if (Boolean.TRUE.equals(spec.starttls())) {
                    throw new ProbeFailure(Phase.TLS, "no-starttls", "STARTTLS is not offered");
                }
            }
            int code = 250;
            if (spec.username() != null) {
                code = login(dialog);
            }
            if (spec.to() != null) {
                code = submit(dialog, spec.to(), spec.from() == null ? spec.to() : spec.from());
            }
            dialog.send("QUIT");
            return Map.of("SMTP_CODE", code);
        }
    }

    private static List<String> hello(LineDialog dialog) throws IOException {
        dialog.send("EHLO tocsin.invalid");
        return reply(dialog, 250).stream()
                .map(line -> line.toUpperCase(java.util.Locale.ROOT))
                .toList();
    }

    private int login(LineDialog dialog) throws IOException {
        if (!dialog.encrypted() && !Boolean.FALSE.equals(spec.starttls())) {
            throw new ProbeFailure(
                    Phase.TLS,
                    "no-starttls",
                    "STARTTLS is not offered, and a password is not sent in the clear unless told so (starttls: false)");
        }
        var token =
                Base64.getEncoder()
                        .encodeToString(
                                ("\0" + spec.username() + "\0" + spec.password())
                                        .getBytes(StandardCharsets.UTF_8));
        dialog.send("AUTH PLAIN " + token, "AUTH PLAIN (hidden)");
        return expect(dialog, 235);
    }

    private static int submit(LineDialog dialog, String to, String from) throws IOException {
        ask(dialog, "MAIL FROM:<" + from + ">", 250);
        ask(dialog, "RCPT TO:<" + to + ">", 250);
        ask(dialog, "DATA", 354);
        var id = UUID.randomUUID().toString();
        var body = "Tocsin canary " + id + "\r\n";
        var now = Instant.now();
        return ask(
                dialog,
                String.join(
                                "\r\n",
                                "From: <" + from + ">",
                                "To: <" + to + ">",
                                "Subject: Tocsin canary",
                                "Date: "
                                        + DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                                now.atOffset(ZoneOffset.UTC)),
                                "Message-ID: <" + id + "@tocsin.invalid>",
                                "Auto-Submitted: auto-generated",
                                "Content-Type: text/plain; charset=utf-8",
                                CanaryHash.HEADER + ": " + CanaryHash.of(body),
                                "",
                                body)
                        + ".",
                250);
    }

    private static int ask(LineDialog dialog, String line, int expected) throws IOException {
        dialog.send(line);
        return expect(dialog, expected);
    }

    private static int expect(LineDialog dialog, int expected) throws IOException {
        reply(dialog, expected);
        return expected;
    }

    /// All lines of one reply, their codes left out.
    private static List<String> reply(LineDialog dialog, int expected) throws IOException {
        var lines = new ArrayList<String>();
        while (true) {
            var line = dialog.line();
            if (!line.matches("\\d{3}([ -].*)?")) {
                throw new ProbeFailure(Phase.RESPONSE, "protocol", "not an SMTP reply: " + line);
            }
            if (!line.startsWith(Integer.toString(expected))) {
                throw new ProbeFailure(Phase.RESPONSE, "smtp-" + line.substring(0, 3), line);
            }
            lines.add(line.substring(Math.min(4, line.length())));
            if (line.length() < 4 || line.charAt(3) == ' ') {
                return lines;
            }
        }
    }
}
