package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.LineDialog;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Asks a STUN server (RFC 8489) for our address, as calls do before they begin. UDP loses packets, so the request is
/// repeated after 500 ms and then at twice the pause each time (section 6.2.1). `[MAPPED_ADDRESS]` is what the server saw.
record StunProbe(URI target) implements Probe {
    static final ProbeType<Spec> TYPE =
            new ProbeType<>(
                    "stun",
                    Set.of("stun"),
                    Spec.class,
                    List.of("[CONNECTED] == true"),
                    Map.of("MAPPED_ADDRESS", Value.TEXT),
                    (target, _) -> new StunProbe(LineDialog.withPort(target, 3478)));

    private static final int COOKIE = 0x2112A442;
    private static final short BINDING_REQUEST = 0x0001;
    private static final short BINDING_SUCCESS = 0x0101;
    private static final short XOR_MAPPED_ADDRESS = 0x0020;
    private static final int HEADER = 20;
    private static final int FIRST_PAUSE_MS = 500;

    record Spec() {}

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        var address = run.resolver().resolve(target.getHost(), run.deadline(), run.trace());
        run.trace().connecting(address.getHostAddress());
        run.trace().enter(Phase.REQUEST);
        var request = ByteBuffer.allocate(HEADER).putShort(BINDING_REQUEST).putShort((short) 0);
        request.putInt(COOKIE).putInt(ThreadLocalRandom.current().nextInt());
        request.putLong(ThreadLocalRandom.current().nextLong());
        var socket = new DatagramSocket();
        try (var _ = run.deadline().guard(socket)) {
            socket.connect(address, target.getPort());
            return ask(socket, request.array(), run);
        } catch (PortUnreachableException e) {
            throw new ProbeFailure(Phase.CONNECT, "refused", "nobody listens on that UDP port");
        }
    }

    private static Map<String, Object> ask(DatagramSocket socket, byte[] request, Run run)
            throws IOException {
        var packet = new DatagramPacket(new byte[1500], 1500);
        for (long pause = FIRST_PAUSE_MS; !run.deadline().expired(); pause *= 2) {
            socket.send(new DatagramPacket(request, request.length));
            run.trace().note("asked for a binding");
            long until = System.nanoTime() + pause * 1_000_000;
            for (long left = pause;
                    left > 0 && !run.deadline().expired();
                    left = (until - System.nanoTime()) / 1_000_000) {
                socket.setSoTimeout((int) Math.min(left, run.deadline().remaining().toMillis()));
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    continue; // the pause is over, or all of the time
                }
                var answer = Arrays.copyOf(packet.getData(), packet.getLength());
                if (answers(answer, request)) {
                    return values(ByteBuffer.wrap(answer), request);
                }
            }
        }
        throw new ProbeFailure(Phase.TIMEOUT, "request", "no answer in time");
    }

    /// Whether it is an answer to this very request; anything else is dropped, as the RFC says.
    private static boolean answers(byte[] answer, byte[] request) {
        return answer.length >= HEADER
                && Arrays.equals(answer, 4, HEADER, request, 4, HEADER) // cookie, transaction
                && ByteBuffer.wrap(answer).getShort() != BINDING_REQUEST;
    }

    private static Map<String, Object> values(ByteBuffer answer, byte[] request)
            throws IOException {
        if (answer.getShort(0) != BINDING_SUCCESS) {
            throw new ProbeFailure(Phase.RESPONSE, "stun-error", "the server refused the binding");
        }
        var values = new HashMap<String, Object>();
        answer.position(HEADER);
        while (answer.remaining() >= 4) {
            short type = answer.getShort();
            int length = answer.getShort() & 0xffff;
            int padded = (length + 3) & ~3;
            if (padded > answer.remaining()) {
                break;
            }
            if (type == XOR_MAPPED_ADDRESS && length >= 8) {
                var mapped = mapped(answer.slice(answer.position(), length), request);
                if (mapped != null) {
                    values.put("MAPPED_ADDRESS", mapped.getHostAddress());
                }
            }
            answer.position(answer.position() + padded);
        }
        return values;
    }

    private static @Nullable InetAddress mapped(ByteBuffer attribute, byte[] request)
            throws IOException {
        int size = attribute.get(1) == 1 ? 4 : 16;
        if (attribute.remaining() < 4 + size) {
            return null;
        }
        var address = new byte[size];
        for (int i = 0; i < size; i++) {
            address[i] = (byte) (attribute.get(4 + i) ^ request[4 + i]);
        }
        return InetAddress.getByAddress(address);
    }
}
