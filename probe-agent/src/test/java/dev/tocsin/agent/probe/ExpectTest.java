package dev.tocsin.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.probe.run.Deadline;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.agent.probe.run.Room;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.agent.probe.run.Trace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a target answers costs no more than its length, whatever it is and however it comes.
class ExpectTest {
    private static Run run() {
        var deadline = Deadline.after(Duration.ofMinutes(1));
        return new Run(
                deadline,
                new Resolver(Map.of()),
                new Trace(),
                new Room(1 << 20).share(deadline),
                true);
    }

    /// One byte at a time.
    private static String read(String answer, String expect) throws IOException {
        var in =
                new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)) {
                    @Override
                    public int read(byte[] into) {
                        return read(into, 0, 1);
                    }
                };
        return TcpProbe.read(in, new SendExpect(null, expect).expected(), run());
    }

    @Test
    void anAnswerInSingleBytesIsFoundAsSoonAsItIsThere() throws IOException {
        assertThat(read("220 ready\r\n", "220 .*\n")).isEqualTo("220 ready\r\n");
        assertThat(read("a".repeat(50_000) + "b", "b")).hasSize(50_001);
    }

    /// The peer waits for us then, and sends nothing more.
    @Test
    void alsoFarBehindTheFirstPiecesAndWithNothingAfterIt() throws IOException {
        for (int length : new int[] {1_000, 1_500, 3_001, 40_000}) {
            var in =
                    new InputStream() {
                        private int sent;

                        @Override
                        public int read() {
                            assertThat(sent).as("asked for more").isLessThan(length + 2);
                            return sent++ < length ? 'a' : sent == length + 1 ? '>' : ' ';
                        }

                        @Override
                        public int read(byte[] into, int at, int length) {
                            into[at] = (byte) read();
                            return 1;
                        }
                    };
            var expected = new SendExpect(null, "a> $").expected();
            assertThat(TcpProbe.read(in, expected, run())).hasSize(length + 2);
            assertThatThrownBy(() -> read("a".repeat(length) + "> ", "^a> "))
                    .as("where it begins is where the answer begins")
                    .isInstanceOf(ProbeFailure.class);
        }
    }

    /// The JDK's expressions take for ever over the one and overflow the stack over the other.
    @Test
    void noAnswerTakesForEver() {
        long started = System.nanoTime();
        for (var expect : new String[] {"(a*)*b", "(a|b)*c"}) {
            assertThatThrownBy(() -> read("a".repeat(60_000), expect))
                    .isInstanceOf(ProbeFailure.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void whatCannotBeLinearIsRefused() {
        assertThatThrownBy(() -> new SendExpect(null, "(a)\\1"))
                .hasMessageContaining("expect: ")
                .hasMessageContaining("no back-references");
    }
}
