package dev.tocsin.service;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Records that cannot be read, for whoever follows a whole topic and goes on with what it had: each is counted, and of each key is said
/// once what it is. Thread-safe.
public final class Unread {
    private static final Logger LOG = LoggerFactory.getLogger(Unread.class);

    /// Keys that are remembered, so that they are not named again.
    private static final int AT_MOST = 1000;

    private final MeterRegistry metrics;
    private final Set<String> named =
            Collections.newSetFromMap(
                    new LinkedHashMap<>() {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                            return size() > AT_MOST;
                        }
                    });

    /// @param metrics where they are counted as `tocsin_unread_records_total`, by topic
    public Unread(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /// @return whether it is named, since it was not lately
    public synchronized boolean found(String topic, String key, RuntimeException why) {
        metrics.counter("tocsin_unread_records_total", "topic", topic).increment();
        boolean first = named.add(topic + "/" + Clip.to(200, key));
        if (first) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("key", Clip.to(200, key))
                    .addKeyValue("why", String.valueOf(why.getMessage()))
                    .log("cannot be read: passed over, and what was there before stays");
        }
        return first;
    }
}
