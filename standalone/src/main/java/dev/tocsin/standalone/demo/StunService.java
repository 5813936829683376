package dev.tocsin.standalone.demo;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers STUN binding requests with the address that it sees (RFC 8489, XOR-MAPPED-ADDRESS), or stays silent.
final class StunService implements RegionalService {
    private static final Logger LOG = LoggerFactory.getLogger(StunService.class);
    private static final int HEADER = 20;
    private static final int COOKIE = 0x2112A442;

    private final DatagramSocket socket;
    private volatile boolean fails;

    StunService(InetSocketAddress address) throws IOException {
        socket = new DatagramSocket(address);
        Thread.ofVirtual().name("estate-stun").start(this::serve);
    }

    private void serve() {
        var packet = new DatagramPacket(new byte[1500], 1500);
        while (!socket.isClosed()) {
            try {
                packet.setLength(1500);
                socket.receive(packet);
                if (!fails && packet.getLength() >= HEADER) {
                    var answer = answer(packet);
                    socket.send(
                            new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                LOG.debug("the end, or a client that is gone", e);
            }
        }
    }

    private static byte[] answer(DatagramPacket asked) {
        var seen = ByteBuffer.wrap(asked.getAddress().getAddress()).getInt();
        return ByteBuffer.allocate(HEADER + 12)
                .putShort((short) 0x0101)
                .putShort((short) 12)
                .put(asked.getData(), 4, HEADER - 4)
                .putShort((short) 0x0020)
                .putShort((short) 8)
                .putShort((short) 1) // IPv4
                .putShort((short) (asked.getPort() ^ (COOKIE >>> 16)))
                .putInt(seen ^ COOKIE)
                .array();
    }

    @Override
    public void fail() {
        fails = true;
    }

    @Override
    public void heal() {
        fails = false;
    }

    @Override
    public void close() {
        socket.close();
    }
}
