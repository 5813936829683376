package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.Connection.TrustAll;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Room;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.agent.probe.run.Trace;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/// One HTTP(S) request over a connection of its own, to one address, the whole body read within the deadline.
/// Redirects are not followed unless told to: a 200 from a parking page is not an answer.
final class HttpProbe implements Probe {
    static final ProbeType<Spec> TYPE =
            new ProbeType<>(
                    "http",
                    Set.of("http", "https"),
                    Spec.class,
                    List.of("[STATUS] < 400"),
                    Map.of(
                            "STATUS",
                            Value.NUMBER,
                            "BODY",
                            Value.TEXT,
                            "CERTIFICATE_EXPIRATION",
                            Value.DURATION),
                    HttpProbe::new);

    /// A longer one cannot be judged by a condition that reads it.
    private static final int BODY_CAP = Room.LARGEST;

    /// None is kept: each is closed as soon as it is idle. The pool looks at those in use again after as long as one may be kept: after a nanosecond, a thread
    /// was busy for as long as a target said nothing.
    private static final ConnectionPool KEEPS_NONE = new ConnectionPool(0, 1, TimeUnit.MINUTES);

    private static final OkHttpClient CLIENT =
            new OkHttpClient.Builder()
                    .connectionPool(KEEPS_NONE)
                    .fastFallback(false)
                    .retryOnConnectionFailure(false)
                    .proxy(Proxy.NO_PROXY)
                    .protocols(List.of(Protocol.HTTP_1_1))
                    .build();

    record Spec(
            @Nullable String method,
            Map<String, String> headers,
            @Nullable String body,
            boolean followRedirects,
            boolean insecure) {
        Spec {
            headers = headers == null ? Map.of() : Map.copyOf(headers);
        }
    }

    private final Request request;
    private final Spec spec;

    HttpProbe(URI target, Spec spec) {
        this.spec = spec;
        var method = spec.method() == null ? "GET" : spec.method();
        var body =
                spec.body() == null
                        ? (method.equals("POST") || method.equals("PUT") || method.equals("PATCH")
                                ? RequestBody.create(new byte[0])
                                : null)
                        : RequestBody.create(
                                spec.body().getBytes(StandardCharsets.UTF_8), (MediaType) null);
        var builder =
                new Request.Builder()
                        .url(target.toString())
                        .method(method, body)
                        .header("Connection", "close")
                        .header("User-Agent", "tocsin");
        spec.headers().forEach(builder::header);
        request = builder.build();
    }

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        var client =
                CLIENT.newBuilder()
                        .callTimeout(run.deadline().remaining())
                        .connectTimeout(run.deadline().remaining())
                        .readTimeout(run.deadline().remaining())
                        .followRedirects(spec.followRedirects())
                        .followSslRedirects(spec.followRedirects())
                        .dns(host -> {
                            try {
                                return List.of(
                                        run.resolver().resolve(host, run.deadline(), run.trace()));
                            } catch (java.net.UnknownHostException e) {
                                throw e;
                            } catch (IOException e) {
                                var wrapped = new java.net.UnknownHostException(e.getMessage());
                                wrapped.initCause(e);
                                throw wrapped;
                            }
                        })
                        .eventListener(new Phases(run.trace()));
        var trustAll = spec.insecure() ? new TrustAll() : null;
        if (request.isHttps()) {
            client.sslSocketFactory(
                    dev.tocsin.agent.probe.run.Connection.context(trustAll).getSocketFactory(),
                    trustAll == null ? trustManager() : trustAll);
            if (trustAll != null) {
                client.hostnameVerifier((_, _) -> true);
            }
        }
        client.addNetworkInterceptor(new SameHost(request.url(), spec.headers().keySet())::pass);
        try (var response = client.build().newCall(request).execute()) {
            return values(response, trustAll, run);
        } catch (IOException e) {
            throw e.getCause() instanceof ProbeFailure known ? known : e;
        }
    }

    private static javax.net.ssl.X509TrustManager trustManager() {
        return okhttp3.internal.platform.Platform.get().platformTrustManager();
    }

    /// OkHttp hands out only a chain that it could verify.
    private static List<? extends java.security.cert.Certificate> chain(
            Response response, @Nullable TrustAll trustAll) {
        if (trustAll != null) {
            return trustAll.chain();
        }
        var handshake = response.handshake();
        return handshake == null ? List.of() : handshake.peerCertificates();
    }

    private static Map<String, Object> values(
            Response response, @Nullable TrustAll trustAll, Run run) throws IOException {
        var trace = run.trace();
        trace.note("HTTP " + response.code());
        var values = new HashMap<String, Object>();
        values.put("STATUS", response.code());
        var source = response.body().source();
        long size = 0;
        if (run.body()) {
            long length = response.body().contentLength();
            int most = length < 0 ? BODY_CAP : (int) Math.min(length, BODY_CAP);
            while (size < BODY_CAP && source.request(size + 1)) {
                long next = Math.min(BODY_CAP, size + Room.STEP);
                run.room().take((int) (next - size), most);
                var _ = source.request(next);
                size = Math.min(next, source.getBuffer().size());
            }
            run.room().whole();
            if (source.request(BODY_CAP + 1)) {
                throw ProbeFailure.tooLarge("the body", BODY_CAP);
            }
            values.put("BODY", source.readString(size, StandardCharsets.UTF_8));
        }
        size += source.readAll(okio.Okio.blackhole());
        trace.note("read " + size + " bytes of body");
        trace.leave();
        var left =
                dev.tocsin.agent.probe.run.Connection.expiresIn(
                        chain(response, trustAll), Instant.now());
        if (left != null) {
            values.put("CERTIFICATE_EXPIRATION", left);
        }
        return values;
    }

    /// OkHttp's events as phases.
    private static final class Phases extends EventListener {
        private final Trace trace;

        Phases(Trace trace) {
            this.trace = trace;
        }

        @Override
        public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
            trace.enter(Phase.CONNECT);
            trace.connecting(address.getAddress().getHostAddress());
        }

        @Override
        public void secureConnectStart(Call call) {
            trace.enter(Phase.TLS);
        }

        @Override
        public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
            trace.note(
                    handshake == null
                            ? "TLS"
                            : handshake.tlsVersion() + " " + handshake.cipherSuite());
        }

        @Override
        public void connectionAcquired(Call call, Connection connection) {
            trace.enter(Phase.REQUEST);
        }

        @Override
        public void responseHeadersStart(Call call) {
            trace.enter(Phase.RESPONSE);
        }
    }
}
