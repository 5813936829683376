package dev.tocsin.agent.probe;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// How a seeded message proves itself when it is read back: a header with the SHA-256 of its body, line ends and outer white space aside,
/// since mail servers change those.
public final class CanaryHash {
    public static final String HEADER = "X-Tocsin-Sha256";

    private CanaryHash() {}

    public static String of(String body) {
        try {
            var normal = body.replace("\r\n", "\n").strip().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(normal));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
