package dev.tocsin.notifier.stream;

import dev.tocsin.schemas.IncidentEvent;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.SchemaStore;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The schemas by which the events in a store were written, kept beside them: whoever takes over needs no registry, which may be away just then.
record StoredSchemas(KeyValueStore<String, byte[]> store) implements SchemaStore {
    static final String KEY = StoredLetters.END + "schema ";

    private static String key(long fingerprint) {
        return KEY + Long.toHexString(fingerprint);
    }

    /// Keeps the one by which this build writes.
    void keepOwn() {
        var own = IncidentEvent.getClassSchema();
        store.putIfAbsent(
                key(SchemaNormalization.parsingFingerprint64(own)),
                own.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable Schema findByFingerprint(long fingerprint) {
        var kept = store.get(key(fingerprint));
        return kept == null
                ? null
                : new Schema.Parser().parse(new String(kept, StandardCharsets.UTF_8));
    }
}
