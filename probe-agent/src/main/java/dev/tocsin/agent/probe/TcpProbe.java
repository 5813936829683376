package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.run.Connection;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Connects; where told to, sends a line and waits for an answer that matches.
record TcpProbe(URI target, SendExpect spec) implements Probe {
    static final ProbeType<SendExpect> TYPE =
            new ProbeType<>(
                    "tcp",
                    Set.of("tcp"),
                    SendExpect.class,
                    List.of("[CONNECTED] == true"),
                    (target, spec) -> new TcpProbe(ProbeType.withPort(target), spec));
    private static final int ANSWER_CAP = 64 * 1024;

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        var socket = Connection.open(target, run);
        try (var _ = run.deadline().guard(socket)) {
            if (spec.send() != null) {
                run.trace().enter(Phase.REQUEST);
                socket.getOutputStream().write(spec.bytes());
                socket.getOutputStream().flush();
            }
            var body = "";
            if (spec.expect() != null) {
                run.trace().enter(Phase.RESPONSE);
                body = read(socket.getInputStream(), Pattern.compile(spec.expect()));
            }
            run.trace().leave();
            return Map.of("BODY", body);
        }
    }

    private static String read(InputStream in, Pattern expected) throws IOException {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        while (seen.length() < ANSWER_CAP) {
            int count = in.read(buffer);
            if (count < 0) {
                break;
            }
            seen.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            if (expected.matcher(seen).find()) {
                return seen.toString();
            }
        }
        throw new ProbeFailure(
                Phase.RESPONSE,
                "unexpected",
                "the answer does not match "
                        + expected
                        + ": "
                        + seen.substring(0, Math.min(80, seen.length())));
    }
}
