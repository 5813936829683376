package dev.tocsin.notifier.channel;

import java.math.BigInteger;
import java.net.InetAddress;

/// Addresses that begin alike, as `10.0.0.0/8` or `fc00::/7`.
///
/// @param bits of them that are alike
public record Network(InetAddress first, int bits) {
    private static final String IPV4 = "(?:0|[1-9]\\d{0,2})(?:\\.(?:0|[1-9]\\d{0,2})){3}";
    private static final String IPV6 = "[0-9a-fA-F:.]*:[0-9a-fA-F:.]*";

    /// @throws IllegalArgumentException saying what is wrong with it
    static Network parse(String text) {
        int slash = text.indexOf('/');
        var address = slash < 0 ? text : text.substring(0, slash);
        if (slash < 0 || !address.matches(IPV4 + "|" + IPV6)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no network: write it as 10.0.0.0/8 or fc00::/7");
        }
        var first = address(text, address);
        int most = first.getAddress().length * Byte.SIZE;
        var bits = text.substring(slash + 1);
        if (!bits.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(bits) > most) {
            throw new IllegalArgumentException(
                    "\"%s\": after the slash is a number from 0 to %d".formatted(text, most));
        }
        var network = new Network(first, Integer.parseInt(bits));
        if (number(first).getLowestSetBit() >= 0
                && number(first).getLowestSetBit() < most - network.bits) {
            throw new IllegalArgumentException(
                    "\"%s\" begins amid the network: bits behind the first %d must be 0"
                            .formatted(text, network.bits));
        }
        return network;
    }

    private static InetAddress address(String text, String address) {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\": \"" + address + "\" is no address", e);
        }
    }

    boolean contains(InetAddress address) {
        int all = first.getAddress().length * Byte.SIZE;
        return address.getAddress().length * Byte.SIZE == all
                && number(first).xor(number(address)).shiftRight(all - bits).signum() == 0;
    }

    boolean contains(Network other) {
        return other.bits >= bits && contains(other.first);
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + bits;
    }
}
