package dev.tocsin.agent.publish;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// What is logged until it is closed: the binding of the tests writes to `System.err`.
public final class Logged implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Logged() {
        this(() -> {});
    }

    /// @param first is done by whoever logs first, meanwhile
    Logged(Runnable first) {
        var once = new AtomicBoolean();
        System.setErr(
                new PrintStream(bytes, true, StandardCharsets.UTF_8) {
                    @Override
                    public void println(String line) {
                        super.println(line);
                        if (once.compareAndSet(false, true)) {
                            first.run();
                        }
                    }
                });
    }

    /// The lines in which a text stands.
    public List<String> lines(String text) {
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(text))
                .toList();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
