package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.Connection;
import dev.tocsin.agent.probe.run.Run;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A TLS handshake and what the certificate says.
record TlsProbe(URI target, Spec spec) implements Probe {
    static final ProbeType<Spec> TYPE =
            new ProbeType<>(
                    "tls",
                    Set.of("tls"),
                    Spec.class,
                    List.of("[CONNECTED] == true"),
                    Map.of("CERTIFICATE_EXPIRATION", Value.DURATION),
                    (target, spec) -> new TlsProbe(ProbeType.withPort(target), spec));

    /// @param insecure accept any certificate, to measure only its expiry
    record Spec(boolean insecure) {}

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        var socket = Connection.open(target, run);
        try (var _ = run.deadline().guard(socket)) {
            var tls = Connection.secure(socket, target.getHost(), spec.insecure(), run);
            var values = new HashMap<String, Object>();
            var left =
                    Connection.expiresIn(
                            List.of(tls.getSession().getPeerCertificates()), Instant.now());
            if (left != null) {
                values.put("CERTIFICATE_EXPIRATION", left);
            }
            return values;
        }
    }
}
