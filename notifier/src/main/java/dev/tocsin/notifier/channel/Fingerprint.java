package dev.tocsin.notifier.channel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Tells one address from another without showing it.
final class Fingerprint {
    private static final int SHOWN = 16;

    private Fingerprint() {}

    static String of(String address) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(address.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, SHOWN);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
