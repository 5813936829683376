package dev.tocsin.it;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Targets that say nothing, on loopback: one to which no connection is ever made, since nobody takes those that wait, and one that takes each and never answers.
final class BlackHoles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlackHoles.class);

    /// The kernel drops what comes once it has more of them than asked for.
    private static final int FILL = 4;

    private final ServerSocket full;
    private final ServerSocket mute;
    private final List<SocketChannel> filling = new ArrayList<>();

    BlackHoles() throws IOException {
        full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        mute = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        for (int i = 0; i < FILL; i++) {
            var one = SocketChannel.open();
            one.configureBlocking(false);
            one.connect(full.getLocalSocketAddress());
            filling.add(one);
        }
        requireFull();
        Thread.ofVirtual().name("mute").start(this::take);
    }

    private void requireFull() throws IOException {
        try (var one = new Socket()) {
            one.connect(full.getLocalSocketAddress(), 1500);
            throw new IOException("this kernel connects more than it was asked to keep");
        } catch (SocketTimeoutException e) {
            LOG.debug("full", e);
        }
    }

    private void take() {
        while (!mute.isClosed()) {
            try {
                var taken = mute.accept();
                Thread.ofVirtual().name("mute").start(() -> hear(taken));
            } catch (IOException e) {
                LOG.debug("the end", e);
            }
        }
    }

    /// Until the other side has enough of it.
    private static void hear(Socket taken) {
        try (taken) {
            taken.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            LOG.debug("broken off", e);
        }
    }

    /// @param n of all of them, half of which are of a kind
    String url(int n) {
        return "http://127.0.0.1:" + (n % 2 == 0 ? full : mute).getLocalPort() + "/" + n;
    }

    @Override
    public void close() throws IOException {
        for (var one : filling) {
            one.close();
        }
        full.close();
        mute.close();
    }
}
