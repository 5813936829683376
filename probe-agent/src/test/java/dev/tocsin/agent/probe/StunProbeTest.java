package dev.tocsin.agent.probe;

import static dev.tocsin.agent.probe.Probing.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a STUN server may answer (RFC 8489).
class StunProbeTest {
    private static final int HEADER = 20;
    private static final int SUCCESS = 0x0101;
    private static final int ERROR = 0x0111;
    private static final byte[] SOFTWARE = attribute(0x8022, new byte[] {'t', 'o', 'c', 's', 'i'});

    private static byte[] attribute(int type, byte[] value) {
        int padded = (value.length + 3) / 4 * 4;
        return ByteBuffer.allocate(4 + padded)
                .putShort((short) type)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    /// XOR-MAPPED-ADDRESS, port 0.
    ///
    /// @param family 1 or 2
    private static byte[] mapped(byte[] asked, int family, byte[] address) {
        var value = ByteBuffer.allocate(4 + address.length).put((byte) 0).put((byte) family);
        value.putShort((short) 0);
        for (int i = 0; i < address.length; i++) {
            value.put((byte) (address[i] ^ asked[4 + i]));
        }
        return attribute(0x0020, value.array());
    }

    private static byte[] answer(byte[] asked, int type, byte[]... attributes) {
        var answer = ByteBuffer.allocate(1000).put(asked, 0, HEADER);
        for (var attribute : attributes) {
            answer.put(attribute);
        }
        answer.putShort(0, (short) type).putShort(2, (short) (answer.position() - HEADER));
        return Arrays.copyOf(answer.array(), answer.position());
    }

    private static Finding run(TestServer.Reply reply, long timeoutMs, String... conditions)
            throws IOException {
        try (var server = new TestServer(TestServer.udp(), reply)) {
            var url = "stun://127.0.0.1:" + server.port();
            return Probing.run(url, "", timeoutMs, Map.of(), conditions);
        }
    }

    private static void passes(TestServer.Reply reply, String condition) throws IOException {
        var finding = run(reply, 5000, condition);
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(Outcome.PASS);
        assertThat(finding.trace().timings()).containsKey("request");
    }

    @Test
    void whatTheServerSawIsTheMappedAddress() throws IOException {
        var v4 = new byte[] {(byte) 192, 0, 2, 7};
        passes(
                asked -> answer(asked, SUCCESS, SOFTWARE, mapped(asked, 1, v4), SOFTWARE),
                "[MAPPED_ADDRESS] == 192.0.2.7");
        var v6 = new byte[16];
        v6[0] = 0x20;
        v6[1] = 1;
        v6[15] = (byte) 0x8f;
        passes(
                asked -> answer(asked, SUCCESS, mapped(asked, 2, v6)),
                "[MAPPED_ADDRESS] == 2001:0:0:0:0:0:0:8f");
    }

    /// What is cut, or says another length than it has, tells no address, and is an answer all the same.
    @ParameterizedTest
    @CsvSource({"1, 3", "2, 15", "2, 4", "1, 0"})
    void anAddressThatIsNotWholeIsNone(int family, int bytes) throws IOException {
        passes(
                asked -> answer(asked, SUCCESS, mapped(asked, family, new byte[bytes])),
                "[CONNECTED] == true");
    }

    @Test
    void whatIsLongerThanTheAnswerEndsIt() throws IOException {
        var v4 = new byte[] {(byte) 192, 0, 2, 7};
        passes(
                asked -> {
                    var longer = attribute(0x8022, new byte[4]);
                    longer[3] = 9;
                    return answer(asked, SUCCESS, mapped(asked, 1, v4), longer, new byte[3]);
                },
                "[MAPPED_ADDRESS] == 192.0.2.7");
    }

    @Test
    void aBindingThatIsRefusedIsNamed() throws IOException {
        var finding = run(asked -> answer(asked, ERROR), 5000);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(failure(finding).getPhase()).isEqualTo(Phase.RESPONSE);
        assertThat(failure(finding).getCode()).isEqualTo("stun-error");
    }

    /// An echo, what answers another request, and what is too short to be an answer.
    private static byte[] stray(String what, byte[] asked) {
        return switch (what) {
            case "echo" -> asked;
            case "short" -> Arrays.copyOf(answer(asked, SUCCESS), HEADER - 1);
            default -> {
                var other = answer(asked, SUCCESS);
                other[HEADER - 1] ^= 1;
                yield other;
            }
        };
    }

    /// UDP loses packets: it is asked again, first after half a second.
    @ParameterizedTest
    @ValueSource(strings = {"nothing", "echo", "short", "another's"})
    void whatIsNoAnswerIsPassedOverAndItIsAskedAgain(String first) throws IOException {
        var asks = new AtomicInteger();
        passes(
                asked -> {
                    if (asks.incrementAndGet() > 1) {
                        return answer(asked, SUCCESS, mapped(asked, 1, new byte[] {10, 0, 0, 9}));
                    }
                    return first.equals("nothing") ? new byte[0] : stray(first, asked);
                },
                "[MAPPED_ADDRESS] == 10.0.0.9");
        assertThat(asks).hasValue(2);
    }

    /// At 0, 0.5 and 1.5 s, whatever else comes; a server that is under attack is not helped by more.
    @ParameterizedTest
    @ValueSource(strings = {"nothing", "echo"})
    void itIsAskedNoMoreOftenThanTheRfcSays(String what) throws IOException {
        var asks = new AtomicInteger();
        var finding =
                run(
                        asked -> {
                            asks.incrementAndGet();
                            return what.equals("nothing") ? new byte[0] : stray(what, asked);
                        },
                        1900);
        assertThat(failure(finding).getPhase()).isEqualTo(Phase.TIMEOUT);
        assertThat(asks).hasValueBetween(2, 3);
        assertThat(finding.trace().lines())
                .filteredOn(line -> line.contains("asked for a binding"))
                .hasSize(asks.get());
    }

    @Test
    void nobodyThereIsARefusal() throws IOException {
        int port;
        try (var socket = TestServer.udp()) {
            port = socket.getLocalPort();
        }
        var finding = Probing.run("stun://127.0.0.1:" + port, 5000);
        assertThat(failure(finding).getPhase()).isEqualTo(Phase.CONNECT);
        assertThat(failure(finding).getCode()).isEqualTo("refused");
    }
}
