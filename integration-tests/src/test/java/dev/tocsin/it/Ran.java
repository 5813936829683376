package dev.tocsin.it;

import dev.tocsin.standalone.Tocsin;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// A command of `tocsin` that has run in this process.
///
/// @param out what it printed, errors too: it, and threads that it began. Beside it another test may run and print
record Ran(int code, String out) {
    private static final InheritableThreadLocal<ByteArrayOutputStream> HEARD =
            new InheritableThreadLocal<>();

    static {
        System.setOut(heard(System.out));
        System.setErr(heard(System.err));
    }

    private static PrintStream heard(PrintStream otherwise) {
        var switched =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) {
                        var out = HEARD.get();
                        if (out != null) {
                            out.write(bytes, from, length);
                        } else {
                            otherwise.write(bytes, from, length);
                        }
                    }

                    @Override
                    public void flush() {
                        otherwise.flush();
                    }
                };
        return new PrintStream(switched, true, StandardCharsets.UTF_8);
    }

    static Ran of(String... args) {
        var out = new ByteArrayOutputStream();
        HEARD.set(out);
        try {
            int code = Tocsin.run(args);
            return new Ran(code, out.toString(StandardCharsets.UTF_8));
        } finally {
            HEARD.remove();
        }
    }
}
