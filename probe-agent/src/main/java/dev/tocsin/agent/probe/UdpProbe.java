package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.PortUnreachableException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Sends one datagram and waits for one that matches; without an answer nothing is known of a UDP port.
record UdpProbe(URI target, SendExpect spec) implements Probe {
    static final ProbeType<SendExpect> TYPE =
            new ProbeType<>(
                    "udp",
                    Set.of("udp"),
                    SendExpect.class,
                    List.of("[CONNECTED] == true"),
                    Map.of("BODY", Value.TEXT),
                    (target, spec) -> new UdpProbe(ProbeType.withPort(target), spec));

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        var address = run.resolver().resolve(target.getHost(), run.deadline(), run.trace());
        run.trace().connecting(address.getHostAddress());
        run.trace().enter(Phase.REQUEST);
        var expected = spec.expected();
        var socket = new DatagramSocket();
        try (var _ = run.deadline().guard(socket)) {
            socket.connect(address, target.getPort());
            var sent = spec.bytes();
            socket.send(new DatagramPacket(sent, sent.length));
            run.trace().enter(Phase.RESPONSE);
            var packet = new DatagramPacket(new byte[65_535], 65_535);
            while (true) {
                socket.setSoTimeout((int) run.deadline().remaining().toMillis());
                socket.receive(packet);
                var answer =
                        new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                if (expected.matcher(answer).find()) {
                    return Map.of("BODY", answer);
                }
                run.trace().note("an answer that does not match");
            }
        } catch (PortUnreachableException e) {
            throw new ProbeFailure(Phase.CONNECT, "refused", "nobody listens on that UDP port");
        }
    }
}
