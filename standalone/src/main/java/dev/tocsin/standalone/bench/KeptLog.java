package dev.tocsin.standalone.bench;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Stands in for standard error, where logs go: a bench prints nothing of a broker's or a library's. The last reason given for anything is kept, for
/// whoever has to say why something was not reached.
final class KeptLog extends OutputStream {
    private static final String WHY = "why=";

    private static final int SHOWN = 300;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable String why;

    @Override
    public synchronized void write(int b) {
        if (b != '\n') {
            line.write(b);
            return;
        }
        var text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        int at = text.indexOf(WHY);
        if (at >= 0) {
            var reason = text.substring(at + WHY.length()).strip();
            why = reason.length() > SHOWN ? reason.substring(0, SHOWN) + " ..." : reason;
        }
    }

    PrintStream stream() {
        return new PrintStream(this, true, StandardCharsets.UTF_8);
    }

    /// Since the last time that it was asked for; null when there was none.
    synchronized @Nullable String why() {
        var last = why;
        why = null;
        return last;
    }
}
