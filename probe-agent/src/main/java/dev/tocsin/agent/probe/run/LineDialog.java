package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import okio.Buffer;

/// A conversation in lines (SMTP, IMAP) over the run's one connection, all of it within the run's deadline. What is sent
/// as a secret never gets into the trace.
public final class LineDialog implements Closeable {
    private static final int LINE_CAP = 64 * 1024;

    /// Of one run: a server that never ends its answer must not fill this agent's memory.
    private static final int LINES_CAP = 10_000;

    private static final int BYTES_CAP = Room.LARGEST;

    /// What a line takes beside its text.
    private static final int OF_A_LINE = 64;

    private final Run run;
    private final String host;
    private final boolean insecure;
    private final Closeable guard;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private boolean encrypted;
    private int lines;
    private int bytes;

    private LineDialog(Socket socket, String host, boolean insecure, Run run) throws IOException {
        this.run = run;
        this.host = host;
        this.insecure = insecure;
        guard = run.deadline().guard(socket);
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /// @param target with its port
    /// @param tls from the first byte on
    public static LineDialog open(URI target, boolean tls, boolean insecure, Run run)
            throws IOException {
        var dialog = new LineDialog(Connection.open(target, run), target.getHost(), insecure, run);
        try {
            if (tls) {
                dialog.startTls();
            }
            return dialog;
        } catch (IOException | RuntimeException e) {
            dialog.close();
            throw e;
        }
    }

    /// The target with the port that its scheme has where none is given.
    public static URI withPort(URI target, int fallback) {
        if (target.getHost() == null) {
            throw new IllegalArgumentException(
                    "url: needs a host, e.g. " + target.getScheme() + "://mail.example.com");
        }
        try {
            return target.getPort() > 0
                    ? target
                    : new URI(
                            target.getScheme(), null, target.getHost(), fallback, null, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("url: " + e.getMessage(), e);
        }
    }

    public void startTls() throws IOException {
        socket = Connection.secure(socket, host, insecure, run);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        encrypted = true;
    }

    /// Whether anybody reads what is put into `BODY`.
    public boolean bodyIsRead() {
        return run.body();
    }

    public boolean encrypted() {
        return encrypted;
    }

    public void send(String line) throws IOException {
        send(line, line);
    }

    /// @param shown what the trace shows of it
    public void send(String line, String shown) throws IOException {
        run.trace().enter(Phase.REQUEST);
        run.trace().note("> " + shown.lines().findFirst().orElse(""));
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        run.trace().enter(Phase.RESPONSE);
    }

    /// The next line, its end left out.
    public String line() throws IOException {
        run.trace().enter(Phase.RESPONSE);
        if (++lines > LINES_CAP) {
            throw new ProbeFailure(Phase.RESPONSE, "protocol", "more than " + LINES_CAP + " lines");
        }
        var line = new java.io.ByteArrayOutputStream();
        for (int next = read(); next != '\n'; next = read()) {
            if (next == '\r') {
                continue;
            }
            if (line.size() >= LINE_CAP) {
                throw new ProbeFailure(
                        Phase.RESPONSE, "protocol", "a line of more than " + LINE_CAP + " bytes");
            }
            line.write(next);
            if (line.size() % Room.STEP == 0) {
                hold(Room.STEP);
            }
        }
        hold(line.size() % Room.STEP + OF_A_LINE);
        var text = line.toString(StandardCharsets.UTF_8);
        run.trace().note("< " + run.trace().shown(text, 120));
        return text;
    }

    /// What follows in so many bytes. A server that says a large number and sends little holds little.
    public String text(int count) throws IOException {
        var text = new Buffer();
        while (text.size() < count) {
            int step = (int) Math.min(Room.STEP, count - text.size());
            hold(step);
            var read = in.readNBytes(step);
            if (read.length < step) {
                throw new EOFException("the server hung up within " + count + " bytes");
            }
            text.write(read);
        }
        return text.readUtf8();
    }

    private void hold(int more) throws IOException {
        bytes += more;
        if (bytes > BYTES_CAP) {
            throw new ProbeFailure(
                    Phase.RESPONSE, "protocol", "more than " + BYTES_CAP + " bytes in all");
        }
        run.room().take(more);
    }

    private int read() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the server hung up");
        }
        return next;
    }

    /// The phase stays what it is: it says where a run failed.
    @Override
    public void close() throws IOException {
        guard.close();
    }
}
