package dev.tocsin.standalone.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Greets whoever connects, or refuses.
final class TcpService implements RegionalService {
    private static final Logger LOG = LoggerFactory.getLogger(TcpService.class);
    private static final byte[] GREETING = "ready\n".getBytes(StandardCharsets.UTF_8);

    private final InetSocketAddress address;
    private @Nullable ServerSocket socket;

    TcpService(InetSocketAddress address) throws IOException {
        this.address = address;
        heal();
    }

    @Override
    public synchronized void heal() throws IOException {
        if (socket != null) {
            return;
        }
        var listening = new ServerSocket(address.getPort(), 50, address.getAddress());
        socket = listening;
        Thread.ofVirtual().name("estate-tcp").start(() -> serve(listening));
    }

    private static void serve(ServerSocket listening) {
        while (!listening.isClosed()) {
            try (var accepted = listening.accept()) {
                accepted.getOutputStream().write(GREETING);
            } catch (IOException e) {
                LOG.debug("a client broke off, or this is the end", e);
            }
        }
    }

    @Override
    public synchronized void fail() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }

    @Override
    public void close() throws IOException {
        fail();
    }
}
