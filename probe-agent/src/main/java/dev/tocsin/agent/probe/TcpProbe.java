package dev.tocsin.agent.probe;

import com.google.re2j.Pattern;
import dev.tocsin.agent.probe.ProbeType.Value;
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

/// Connects; where told to, sends a line and waits for an answer that matches.
record TcpProbe(URI target, SendExpect spec) implements Probe {
    static final ProbeType<SendExpect> TYPE =
            new ProbeType<>(
                    "tcp",
                    Set.of("tcp"),
                    SendExpect.class,
                    List.of("[CONNECTED] == true"),
                    Map.of("BODY", Value.TEXT),
                    (target, spec) -> new TcpProbe(ProbeType.withPort(target), spec));
    private static final int ANSWER_CAP = 64 * 1024;

    /// So many characters are looked at again and again.
    private static final int SEARCH_CAP = 16 * ANSWER_CAP;

    /// Then only what ends in the new piece, and is no longer than this, is found at once: the peer may be waiting for us.
    private static final int TAIL = 64;

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
                body = read(socket.getInputStream(), spec.expected(), run);
            }
            return Map.of("BODY", body);
        }
    }

    /// Looks at each piece that comes, and when that has become too much, as with one byte at a time, at the whole only when there is twice as much, and
    /// else at its end: what a target sends costs linear time.
    static String read(InputStream in, Pattern expected, Run run) throws IOException {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        long searched = 0;
        int next = 0;
        boolean more = true;
        while (more && seen.length() < ANSWER_CAP) {
            int count = in.read(buffer);
            more = count >= 0;
            if (more) {
                run.room().take(count, ANSWER_CAP);
                seen.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
            int from = Math.max(0, seen.length() - Math.max(count, 0) - TAIL);
            if (!more || searched < SEARCH_CAP || seen.length() >= next) {
                searched += seen.length();
                next = Math.min(ANSWER_CAP, 2 * seen.length());
                from = 0;
            }
            if (expected.matcher(seen).find(from)) {
                return seen.toString();
            }
        }
        throw new ProbeFailure(
                Phase.RESPONSE,
                "unexpected",
                "the answer does not match "
                        + expected
                        + ": "
                        + run.trace().shown(seen.toString(), 80));
    }
}
