package dev.tocsin.agent.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/// A server on loopback that speaks as a URL scheme wants it, or says nothing, or drips; ends with all its connections.
final class TestServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TestServer.class);
    private static final byte[] HTTP =
            ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");

    static final Set<String> OVER_UDP = Set.of("dns", "udp", "stun");
    private static final Set<String> OVER_TLS = Set.of("https", "tls", "smtps", "imaps");

    interface Talk {
        void with(InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    private final int port;
    private final AtomicInteger clients = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();

    /// TCP, one `talk` for each connection.
    TestServer(ServerSocket socket, Talk talk) {
        port = socket.getLocalPort();
        open.add(socket);
        Thread.ofVirtual().start(() -> accept(socket, talk));
    }

    interface Reply {
        byte[] to(byte[] asked) throws IOException;
    }

    /// UDP, one reply for each datagram; an empty one is not sent.
    TestServer(DatagramSocket socket, Reply reply) {
        port = socket.getLocalPort();
        open.add(socket);
        Thread.ofVirtual().start(() -> answer(socket, reply));
    }

    /// A server that a probe of this scheme passes against.
    static TestServer good(String scheme) throws IOException {
        return switch (scheme) {
            case "http" -> new TestServer(plain(), TestServer::http);
            case "https" -> new TestServer(tls(Certificates.good()), TestServer::http);
            case "tcp" -> new TestServer(plain(), (_, out) -> out.write(ascii("hello\n")));
            case "tls" -> new TestServer(tls(Certificates.good()), (in, _) -> in.read());
            case "smtp" -> new TestServer(plain(), TestServer::smtp);
            case "smtps" -> new TestServer(tls(Certificates.good()), TestServer::smtp);
            case "imap" -> new TestServer(plain(), TestServer::imap);
            case "imaps" -> new TestServer(tls(Certificates.good()), TestServer::imap);
            case "dns" -> new TestServer(udp(), TestServer::dns);
            case "udp" -> new TestServer(udp(), asked -> asked);
            case "stun" -> new TestServer(udp(), TestServer::stun);
            default -> throw new AssertionError("a new scheme: add a good server for " + scheme);
        };
    }

    /// Takes what comes and never says a word.
    static TestServer silent(String scheme) throws IOException {
        return OVER_UDP.contains(scheme)
                ? new TestServer(udp(), _ -> new byte[0])
                : new TestServer(
                        plain(), (in, _) -> in.transferTo(OutputStream.nullOutputStream()));
    }

    /// Says a byte of something endless every 50 ms.
    static TestServer dripping(String scheme) throws IOException {
        boolean tls = OVER_TLS.contains(scheme);
        var start =
                tls
                        ? new byte[] {22, 3, 3, 64, 0} // a handshake record of 16 KiB
                        : scheme.equals("http")
                                ? ascii("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                                : new byte[0];
        return new TestServer(
                plain(),
                (_, out) -> {
                    out.write(start);
                    for (int i = 0; i < 400; i++) {
                        out.write(tls ? 0 : 'x');
                        out.flush();
                        Thread.sleep(50);
                    }
                });
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static ServerSocket plain() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static ServerSocket tls(SSLContext context) throws IOException {
        return context.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static DatagramSocket udp() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    static void http(InputStream in, OutputStream out) throws IOException {
        var request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            request.append((char) next);
        }
        out.write(HTTP);
        out.flush();
    }

    static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(ascii(text));
        socket.getOutputStream().flush();
    }

    /// Unbuffered, so that nothing of what follows a STARTTLS is taken away; empty at the end.
    static String line(Socket socket) throws IOException {
        var line = new StringBuilder();
        for (int next = socket.getInputStream().read();
                next >= 0 && next != '\n';
                next = socket.getInputStream().read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    int port() {
        return port;
    }

    /// How many connections were taken; of UDP, how many ports asked.
    int clients() {
        return clients.get();
    }

    private void accept(ServerSocket socket, Talk talk) {
        while (!socket.isClosed()) {
            try {
                var accepted = socket.accept();
                synchronized (open) {
                    open.add(accepted);
                }
                clients.incrementAndGet();
                Thread.ofVirtual().start(() -> talk(accepted, talk));
            } catch (IOException e) {
                LOG.debug("closed", e);
            }
        }
    }

    private static void talk(Socket accepted, Talk talk) {
        try (accepted) {
            talk.with(accepted.getInputStream(), accepted.getOutputStream());
        } catch (IOException | InterruptedException e) {
            LOG.debug("the probe hung up, as some of these tests want it to", e);
        }
    }

    private void answer(DatagramSocket socket, Reply reply) {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        while (!socket.isClosed()) {
            try {
                var packet = new DatagramPacket(new byte[1500], 1500);
                socket.receive(packet);
                if (seen.add(packet.getPort())) {
                    clients.incrementAndGet();
                }
                var answer = reply.to(Arrays.copyOf(packet.getData(), packet.getLength()));
                if (answer.length > 0) {
                    socket.send(
                            new DatagramPacket(
                                    answer, answer.length, packet.getAddress(), packet.getPort()));
                }
            } catch (IOException e) {
                LOG.debug("closed", e);
            }
        }
    }

    /// Every name has the address 192.0.2.1.
    private static byte[] dns(byte[] asked) throws IOException {
        var query = new Message(asked);
        query.getHeader().setFlag(Flags.QR);
        query.addRecord(
                new ARecord(
                        query.getQuestion().getName(),
                        DClass.IN,
                        60,
                        InetAddress.getByName("192.0.2.1")),
                Section.ANSWER);
        return query.toWire();
    }

    /// A binding success without attributes.
    private static byte[] stun(byte[] asked) {
        var answer = asked.clone();
        answer[0] = 1;
        answer[1] = 1;
        return answer;
    }

    private static void smtp(InputStream in, OutputStream out) throws IOException {
        lines(in, out, "220 hi\r\n", line -> line.equals("QUIT") ? "221 bye\r\n" : "250 fine\r\n");
    }

    private static void imap(InputStream in, OutputStream out) throws IOException {
        lines(
                in,
                out,
                "* OK hi\r\n",
                line ->
                        (line.contains("EXAMINE") ? "* 1 EXISTS\r\n" : "")
                                + line.charAt(0)
                                + " OK\r\n");
    }

    private static void lines(
            InputStream in, OutputStream out, String greeting, UnaryOperator<String> reply)
            throws IOException {
        out.write(ascii(greeting));
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            out.write(ascii(reply.apply(line)));
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (open) {
            for (var each : open) {
                try {
                    each.close();
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        }
    }
}
