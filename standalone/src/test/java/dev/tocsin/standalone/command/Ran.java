package dev.tocsin.standalone.command;

import dev.tocsin.standalone.Tocsin;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// A command that was run in this process.
///
/// @param out what it printed, errors among it
record Ran(int code, String out) {
    static Ran of(String... args) {
        var printed = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        try (var stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(stream);
            System.setErr(stream);
            int code = Tocsin.run(args);
            return new Ran(code, printed.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
