package dev.tocsin.incident.stream;

import java.nio.charset.StandardCharsets;

/// Text as a store has it.
final class StoredText {
    private StoredText() {}

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
