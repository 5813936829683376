package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Opens the one connection of a run, phase by phase.
public final class Connection {
    private Connection() {}

    /// A connected socket; the caller guards it with the deadline.
    public static Socket open(URI target, Run run) throws IOException {
        var address = run.resolver().resolve(target.getHost(), run.deadline(), run.trace());
        var socket = new Socket();
        try {
            run.trace().enter(Phase.CONNECT);
            run.trace().connecting(address.getHostAddress());
            int millis = (int) run.deadline().remaining().toMillis();
            socket.connect(new InetSocketAddress(address, target.getPort()), millis);
            socket.setSoTimeout(millis);
            run.trace().leave();
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// TLS over an open socket, with the host's name in SNI and checked against the certificate unless `insecure`.
    public static SSLSocket secure(Socket plain, String host, boolean insecure, Run run)
            throws IOException {
        run.trace().enter(Phase.TLS);
        var tls =
                (SSLSocket)
                        context(insecure ? new TrustAll() : null)
                                .getSocketFactory()
                                .createSocket(plain, host, plain.getPort(), true);
        var parameters = tls.getSSLParameters();
        if (!insecure) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        run.trace().note(tls.getSession().getProtocol() + " " + tls.getSession().getCipherSuite());
        run.trace().leave();
        return tls;
    }

    /// A context of its own for every run, so that no session is resumed.
    ///
    /// @param trust null for the platform's authorities
    public static SSLContext context(@Nullable X509TrustManager trust) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust == null ? null : new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Until the first certificate of the peer's chain expires.
    public static @Nullable Duration expiresIn(
            Iterable<? extends java.security.cert.Certificate> chain, Instant now) {
        Duration earliest = null;
        for (var certificate : chain) {
            if (certificate instanceof X509Certificate x509) {
                var left = Duration.between(now, x509.getNotAfter().toInstant());
                earliest = earliest == null || left.compareTo(earliest) < 0 ? left : earliest;
            }
        }
        return earliest;
    }

    /// Takes any certificate, and remembers it: to measure the expiry is all that is wanted then.
    public static final class TrustAll implements X509TrustManager {
        private volatile List<X509Certificate> chain = List.of();

        public List<X509Certificate> chain() {
            return chain;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] given, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] given, String authType) {
            chain = List.of(given);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
