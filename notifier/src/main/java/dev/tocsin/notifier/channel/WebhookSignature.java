package dev.tocsin.notifier.channel;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Standard Webhooks' `v1` signature: HMAC-SHA256 over `id.timestamp.body`.
public final class WebhookSignature {
    private final byte[] key;

    /// @param secret `whsec_` and the base64 of 24 to 64 bytes
    public WebhookSignature(String secret) {
        try {
            key =
                    Base64.getDecoder()
                            .decode(secret.startsWith("whsec_") ? secret.substring(6) : "-");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "secret: must be whsec_ and base64; make one with: echo whsec_$(openssl rand -base64 32)",
                    e);
        }
        if (key.length < 24 || key.length > 64) {
            throw new IllegalArgumentException(
                    "secret: must hold 24 to 64 bytes, not " + key.length);
        }
    }

    /// The value of the header `webhook-signature`.
    public String sign(String id, Instant timestamp, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(
                    (id + "." + timestamp.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether one of the space-separated signatures of a header fits.
    public boolean verify(String header, String id, Instant timestamp, byte[] body) {
        var expected = sign(id, timestamp, body).getBytes(StandardCharsets.UTF_8);
        return Stream.of(header.split(" "))
                .anyMatch(given ->
                        MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8)));
    }
}
