package dev.tocsin.standalone.bench;

import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What an app has written of its checks' state.
///
/// @param writtenBytes keys and values of every record of the state's changelog
/// @param stateBytes of the last one of each key alone
record Changelogs(long writtenBytes, long stateBytes) {
    static Changelogs read(KafkaSettings kafka, String applicationId) {
        var written = new AtomicLong();
        var last = new HashMap<String, Integer>();
        TopicReader.readAll(
                kafka,
                List.of(applicationId + "-check-state-changelog"),
                record -> {
                    var value = record.value();
                    int bytes = record.key().length() + (value == null ? 0 : value.length);
                    written.addAndGet(bytes);
                    last.put(record.key(), value == null ? 0 : bytes);
                });
        return new Changelogs(
                written.get(), last.values().stream().mapToLong(bytes -> bytes).sum());
    }
}
