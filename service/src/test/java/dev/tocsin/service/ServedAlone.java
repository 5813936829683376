package dev.tocsin.service;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A server in a process of its own, since the JDK's takes its bounds once for each: `/big` is more than any buffer on the way holds, all else says how many
/// requests are under way. Prints its port; ends with its standard input.
final class ServedAlone {
    private static final byte[] BIG = new byte[16 << 20];

    private ServedAlone() {}

    public static void main(String[] args) throws Exception {
        var underWay = new AtomicInteger();
        var observer =
                new HttpServers.Observer() {
                    @Override
                    public void begins() {
                        underWay.incrementAndGet();
                    }

                    @Override
                    public void ends(int status) {
                        underWay.decrementAndGet();
                    }
                };
        var server =
                HttpServers.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "test",
                        new Health(),
                        exchange -> {
                            var big = exchange.getRequestURI().getPath().equals("/big");
                            var body =
                                    big
                                            ? BIG
                                            : Integer.toString(underWay.get())
                                                    .getBytes(StandardCharsets.US_ASCII);
                            HttpServers.respond(exchange, 200, "text/plain", body);
                        },
                        observer);
        System.out.println(server.getAddress().getPort());
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }
}
