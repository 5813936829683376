package dev.tocsin.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Trace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What a target answers costs no more than its length, whatever it is and however it comes.
class ExpectTest {
    /// One byte at a time.
    private static String read(String answer, String expect) throws IOException {
        var in =
                new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)) {
                    @Override
                    public int read(byte[] into) {
                        return read(into, 0, 1);
                    }
                };
        return TcpProbe.read(in, new SendExpect(null, expect).expected(), new Trace());
    }

    @Test
    void anAnswerInSingleBytesIsFoundAsSoonAsItIsThere() throws IOException {
        assertThat(read("220 ready\r\n", "220 .*\n")).isEqualTo("220 ready\r\n");
        assertThat(read("a".repeat(50_000) + "b", "b")).hasSize(50_001);
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
