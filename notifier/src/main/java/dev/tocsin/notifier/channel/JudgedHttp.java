package dev.tocsin.notifier.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/// HTTP to addresses that the rules allow. An address is judged by the socket that connects to it: nothing is looked up between the two, and what OkHttp does not
/// look up (numbers, in whatever form) is judged as well. Shared by all targets: connections are kept, for alerts come in bursts.
public final class JudgedHttp {
    /// OkHttp keeps five by default; with 64 on their way to one target each request but those was a connection of its own, a quarter of its cost.
    private static final int KEPT = 256;

    private final AddressRules rules;
    private final OkHttpClient client;

    public JudgedHttp(AddressRules rules) {
        this(rules, Dns.SYSTEM);
    }

    /// The pool is its own: OkHttp would lend a connection to whoever has another socket factory.
    JudgedHttp(AddressRules rules, Dns dns) {
        this.rules = rules;
        client =
                new OkHttpClient.Builder()
                        .connectTimeout(Duration.ofSeconds(3))
                        .callTimeout(Duration.ofSeconds(10))
                        .followRedirects(false)
                        .followSslRedirects(false)
                        .proxy(Proxy.NO_PROXY)
                        .protocols(List.of(Protocol.HTTP_1_1))
                        .dns(dns)
                        .socketFactory(new Sockets(rules))
                        .connectionPool(new ConnectionPool(KEPT, 1, TimeUnit.MINUTES))
                        .build();
    }

    AddressRules rules() {
        return rules;
    }

    OkHttpClient client() {
        return client;
    }

    /// Why an URL can never be asked for; null where it may be, or has to be looked up.
    public @Nullable String refusal(HttpUrl url) {
        return rules.refusal(url.host()).orElse(null);
    }

    /// Asks for an URL, which may be a secret, and takes no notice of what comes.
    ///
    /// @return what went wrong; null when it answered 2xx
    public @Nullable String get(String url) {
        try (var response =
                client.newCall(
                                new Request.Builder()
                                        .url(url)
                                        .header("User-Agent", "tocsin")
                                        .build())
                        .execute()) {
            return response.isSuccessful() ? null : "it answers " + response.code();
        } catch (Refused e) {
            return e.getMessage();
        } catch (IOException e) {
            return cause(e).getClass().getSimpleName();
        }
    }

    /// What failed, of a host with several addresses: where one may be told, whatever kept that from it.
    static IOException cause(IOException e) {
        return Stream.concat(Stream.of(e), Stream.of(e.getSuppressed()))
                .filter(each -> each instanceof IOException && !(each instanceof Refused))
                .map(IOException.class::cast)
                .findFirst()
                .orElse(e);
    }

    /// The rules refuse the address; the message says which, why, and what would allow it.
    static final class Refused extends IOException {
        private Refused(String why) {
            super(why);
        }
    }

    private static final class Sockets extends SocketFactory {
        private final AddressRules rules;

        Sockets(AddressRules rules) {
            this.rules = rules;
        }

        @Override
        public Socket createSocket() {
            return new Judged(rules);
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException("OkHttp connects by itself");
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException("OkHttp connects by itself");
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException("OkHttp connects by itself");
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException("OkHttp connects by itself");
        }
    }

    private static final class Judged extends Socket {
        private final AddressRules rules;

        /// Without a proxy: the JVM's `socksProxyHost` holds for sockets too, and behind it addresses are another's.
        Judged(AddressRules rules) {
            super(Proxy.NO_PROXY);
            this.rules = rules;
        }

        /// @throws Refused before anything is sent
        @Override
        public void connect(SocketAddress to, int timeoutMs) throws IOException {
            if (!(to instanceof InetSocketAddress inet) || inet.isUnresolved()) {
                throw new IllegalArgumentException(to + " is not looked up");
            }
            var refusal = rules.refusal(inet.getAddress());
            if (refusal.isPresent()) {
                throw new Refused(refusal.get());
            }
            super.connect(to, timeoutMs);
        }
    }
}
