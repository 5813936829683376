package dev.tocsin.agent.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import okhttp3.tls.HeldCertificate;

/// A certificate authority that this JVM trusts from the first use on, and servers' contexts signed by it.
final class Certificates {
    private static final char[] PASSWORD = "test-only".toCharArray();
    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).commonName("test CA").build();

    static {
        try {
            var file = Files.createTempFile("tocsin-trust", ".p12");
            file.toFile().deleteOnExit();
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", AUTHORITY.certificate());
            try (var out = Files.newOutputStream(file)) {
                trusted.store(out, PASSWORD);
            }
            System.setProperty("javax.net.ssl.trustStore", file.toString());
            System.setProperty("javax.net.ssl.trustStorePassword", new String(PASSWORD));
        } catch (IOException | GeneralSecurityException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Certificates() {}

    static SSLContext good() {
        return server(AUTHORITY, "127.0.0.1", Duration.ofDays(90));
    }

    static SSLContext expired() {
        return server(AUTHORITY, "127.0.0.1", Duration.ofDays(-1));
    }

    static SSLContext forAnotherHost() {
        return server(AUTHORITY, "other.test", Duration.ofDays(90));
    }

    static SSLContext ofAStranger() {
        var stranger =
                new HeldCertificate.Builder()
                        .certificateAuthority(0)
                        .commonName("stranger")
                        .build();
        return server(stranger, "127.0.0.1", Duration.ofDays(90));
    }

    private static SSLContext server(HeldCertificate signer, String host, Duration left) {
        var now = Instant.now();
        var held =
                new HeldCertificate.Builder()
                        .addSubjectAlternativeName(host)
                        .validityInterval(
                                now.minus(Duration.ofDays(100)).toEpochMilli(),
                                now.plus(left).toEpochMilli())
                        .signedBy(signer)
                        .build();
        try {
            var keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry(
                    "server",
                    held.keyPair().getPrivate(),
                    PASSWORD,
                    new java.security.cert.Certificate[] {
                        held.certificate(), signer.certificate()
                    });
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
