package dev.tocsin.incident.wire;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// State of what owns groups, regions and services as bytes: a version byte, then JSON. A check has a format of its own, [CheckEntries].
public final class StateCodec {
    static final byte VERSION = 3;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    // Components alone: a record's other methods are no state.
                    .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
                    .visibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE)
                    .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private StateCodec() {}

    public static byte[] encode(Object state) {
        try {
            var json = JSON.writeValueAsBytes(state);
            var bytes = new byte[json.length + 1];
            bytes[0] = VERSION;
            System.arraycopy(json, 0, bytes, 1, json.length);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param fallback for what was never stored
    public static <T> T decode(byte @Nullable [] bytes, Class<T> type, T fallback) {
        return bytes == null ? fallback : decode(bytes, type);
    }

    /// @throws IllegalStateException for a version that this build does not know: guessing would lose incidents
    public static <T> T decode(byte[] bytes, Class<T> type) {
        if (bytes[0] != VERSION) {
            throw new IllegalStateException(
                    "stored state has version " + bytes[0] + "; this build reads " + VERSION);
        }
        try {
            return JSON.readValue(Arrays.copyOfRange(bytes, 1, bytes.length), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As it was written, for what has another shape now.
    static JsonNode tree(byte[] bytes) {
        return decode(bytes, JsonNode.class);
    }

    static Instant instant(JsonNode value) {
        return JSON.convertValue(value, Instant.class);
    }
}
