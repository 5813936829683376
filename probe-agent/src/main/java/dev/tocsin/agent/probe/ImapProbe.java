package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.LineDialog;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Room;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Logs in and looks into a folder, read-only. With `newer-than` or `older-than` it finds the messages of that age and
/// reads one of them whole, a different one each time: on the day of DESIGN section 1 only *older* messages could not be
/// read. `[MESSAGES]` is how many there are, `[MESSAGE_AGE]` and `[BODY]` are of the one that was read. A message that
/// carries [CanaryHash#HEADER] must match it.
record ImapProbe(URI target, boolean tls, Spec spec) implements Probe {
    static final ProbeType<Spec> TYPE =
            new ProbeType<>(
                    "imap",
                    Set.of("imap", "imaps"),
                    Spec.class,
                    List.of("[MESSAGES] >= 1"),
                    Map.of(
                            "MESSAGES",
                            Value.NUMBER,
                            "MESSAGE_AGE",
                            Value.DURATION,
                            "BODY",
                            Value.TEXT),
                    ImapProbe::make);

    private static final int PORT = 143;
    private static final int TLS_PORT = 993;

    /// So much is fetched of a message. Of a longer one the hash is not looked at, and no condition can read it.
    private static final int MESSAGE_CAP = Room.LARGEST / 2;

    /// So many of the newest are asked for their exact age: SEARCH knows only days.
    private static final int RECENT = 50;

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH);
    private static final DateTimeFormatter INTERNAL =
            DateTimeFormatter.ofPattern("d-MMM-yyyy HH:mm:ss Z", Locale.ENGLISH);
    private static final Pattern INTERNAL_DATE =
            Pattern.compile("INTERNALDATE \"([^\"]+)\"", Pattern.CASE_INSENSITIVE);
    private static final Pattern UID = Pattern.compile("\\bUID (\\d+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern LITERAL = Pattern.compile("\\{(\\d{1,9})}$");

    /// @param starttls as in [SmtpProbe]
    record Spec(
            @Nullable String username,
            @Nullable String password,
            @Nullable String folder,
            @Nullable Duration olderThan,
            @Nullable Duration newerThan,
            @Nullable Boolean starttls,
            boolean insecure) {
        Spec {
            if (username == null || password == null) {
                throw new IllegalArgumentException("needs username and password");
            }
            for (var text : new String[] {username, password, folder}) {
                if (text != null && text.chars().anyMatch(c -> c == '\r' || c == '\n')) {
                    throw new IllegalArgumentException(
                            "username, password, folder: must be one line");
                }
            }
            if (olderThan != null && newerThan != null) {
                throw new IllegalArgumentException("older-than, newer-than: give one or none");
            }
            if (olderThan != null && olderThan.compareTo(Duration.ofDays(1)) < 0) {
                throw new IllegalArgumentException(
                        "older-than: at least 1d; IMAP finds old messages by their day");
            }
        }
    }

    /// @param cut whether there may be more of it
    private record Found(String uid, Instant at, String text, boolean cut) {}

    private static Probe make(URI target, Spec spec) {
        boolean tls = target.getScheme().equals("imaps");
        return new ImapProbe(LineDialog.withPort(target, tls ? TLS_PORT : PORT), tls, spec);
    }

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        var now = Instant.now();
        try (var dialog = LineDialog.open(target, tls, spec.insecure(), run)) {
            if (!dialog.line().startsWith("* OK")) {
                throw new ProbeFailure(Phase.RESPONSE, "protocol", "no IMAP greeting");
            }
            secure(dialog);
            ask(
                    dialog,
                    "LOGIN " + quoted(spec.username()) + " " + quoted(spec.password()),
                    "login");
            var folder = spec.folder() == null ? "INBOX" : spec.folder();
            var opened = ask(dialog, "EXAMINE " + quoted(folder), "folder");
            var values = new HashMap<String, Object>();
            if (spec.olderThan() == null && spec.newerThan() == null) {
                values.put("MESSAGES", exists(opened));
            } else {
                read(dialog, now, values);
            }
            dialog.send("Z LOGOUT");
            return values;
        }
    }

    private void secure(LineDialog dialog) throws IOException {
        if (tls || Boolean.FALSE.equals(spec.starttls())) {
            return;
        }
        boolean offered =
                ask(dialog, "CAPABILITY", "protocol").stream()
                        .anyMatch(line -> line.toUpperCase(Locale.ROOT).contains("STARTTLS"));
        if (!offered) {
            throw new ProbeFailure(
                    Phase.TLS,
                    "no-starttls",
                    "STARTTLS is not offered, and a password is not sent in the clear unless told so (starttls: false)");
        }
        ask(dialog, "STARTTLS", "no-starttls");
        dialog.startTls();
    }

    private void read(LineDialog dialog, Instant now, Map<String, Object> values)
            throws IOException {
        var uids = spec.olderThan() == null ? newer(dialog, now) : older(dialog, now);
        values.put("MESSAGES", uids.size());
        if (uids.isEmpty()) {
            return;
        }
        var turn = (int) Math.floorMod(now.getEpochSecond(), (long) uids.size());
        var message =
                fetch(
                                dialog,
                                uids.get(turn),
                                "(UID INTERNALDATE BODY.PEEK[]<0." + MESSAGE_CAP + ">)")
                        .getFirst();
        int split = message.text().indexOf("\r\n\r\n");
        var header = split < 0 ? "" : message.text().substring(0, split);
        var body = message.text().substring(split < 0 ? 0 : split + 4);
        if (!message.cut()) {
            verify(header, body);
        }
        if (dialog.bodyIsRead()) {
            if (message.cut()) {
                throw ProbeFailure.tooLarge("the message", MESSAGE_CAP);
            }
            values.put("BODY", body);
        }
        values.put("MESSAGE_AGE", Duration.between(message.at(), now));
    }

    private List<String> older(LineDialog dialog, Instant now) throws IOException {
        return search(dialog, "BEFORE " + day(now.minus(spec.olderThan())));
    }

    private List<String> newer(LineDialog dialog, Instant now) throws IOException {
        var since = now.minus(spec.newerThan());
        // A day earlier: the server's day need not be ours.
        var uids = search(dialog, "SINCE " + day(since.minus(Duration.ofDays(1))));
        if (uids.isEmpty()) {
            return uids;
        }
        var recent = uids.subList(Math.max(0, uids.size() - RECENT), uids.size());
        return fetch(dialog, String.join(",", recent), "(UID INTERNALDATE)").stream()
                .filter(found -> !found.at().isBefore(since))
                .map(Found::uid)
                .toList();
    }

    private static List<String> search(LineDialog dialog, String key) throws IOException {
        return ask(dialog, "UID SEARCH " + key, "search").stream()
                .filter(line -> line.startsWith("* SEARCH"))
                .flatMap(line -> Stream.of(line.substring(8).strip().split(" ")))
                .filter(uid -> !uid.isEmpty())
                .toList();
    }

    private static List<Found> fetch(LineDialog dialog, String uids, String items)
            throws IOException {
        var found = new ArrayList<Found>();
        dialog.send("T UID FETCH " + uids + " " + items);
        for (var line = dialog.line(); !line.startsWith("T "); line = dialog.line()) {
            var text = new StringBuilder(line);
            var message = "";
            boolean cut = false;
            for (var literal = LITERAL.matcher(line);
                    literal.find();
                    literal = LITERAL.matcher(line)) {
                int size = Integer.parseInt(literal.group(1));
                if (size > MESSAGE_CAP) {
                    throw new ProbeFailure(
                            Phase.RESPONSE, "protocol", "a message of " + size + " bytes");
                }
                message = dialog.text(size);
                cut = size == MESSAGE_CAP;
                line = dialog.line();
                text.append(line);
            }
            var uid = UID.matcher(text);
            var date = INTERNAL_DATE.matcher(text);
            if (uid.find() && date.find()) {
                found.add(new Found(uid.group(1), instant(date.group(1).strip()), message, cut));
            }
        }
        if (found.isEmpty()) {
            throw new ProbeFailure(
                    Phase.RESPONSE, "unreadable", "the message was found but not handed out");
        }
        return found;
    }

    private static Instant instant(String date) throws ProbeFailure {
        try {
            return OffsetDateTime.parse(date, INTERNAL).toInstant();
        } catch (DateTimeParseException e) {
            throw new ProbeFailure(Phase.RESPONSE, "protocol", "a date that is none: " + date);
        }
    }

    private static void verify(String header, String body) throws ProbeFailure {
        for (var line : header.split("\r\n")) {
            var name = CanaryHash.HEADER + ":";
            if (line.regionMatches(true, 0, name, 0, name.length())
                    && !line.substring(name.length()).strip().equals(CanaryHash.of(body))) {
                throw new ProbeFailure(
                        Phase.ASSERTION, "hash", "the message is not the one that was stored");
            }
        }
    }

    private static String day(Instant instant) {
        return DAY.format(LocalDate.ofInstant(instant, ZoneOffset.UTC));
    }

    private static int exists(List<String> lines) {
        return lines.stream()
                .filter(line -> line.matches("\\* \\d{1,9} EXISTS"))
                .mapToInt(line -> Integer.parseInt(line.split(" ")[1]))
                .findFirst()
                .orElse(0);
    }

    /// Sends a command and gives its untagged lines.
    ///
    /// @param code the failure's, when the server says NO
    private static List<String> ask(LineDialog dialog, String command, String code)
            throws IOException {
        dialog.send(
                "T " + command, command.startsWith("LOGIN") ? "T LOGIN (hidden)" : "T " + command);
        var lines = new ArrayList<String>();
        for (var line = dialog.line(); ; line = dialog.line()) {
            if (line.startsWith("T OK")) {
                return lines;
            }
            if (line.startsWith("T ")) {
                throw new ProbeFailure(Phase.RESPONSE, code, line.substring(2));
            }
            lines.add(line);
        }
    }

    private static String quoted(@Nullable String text) {
        return '"' + String.valueOf(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
