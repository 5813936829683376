package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.check.Window;
import dev.tocsin.incident.partition.Maintenance;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.state.KeyValueStore;

/// What was decided elsewhere and holds for all checks of a partition: windows of maintenance, isolated regions, a stalled
/// pipeline. Kept as the signals that said so.
public final class Facts {
    public static final String STORE = "facts";

    /// What ended so long ago explains nothing any more; the rest is kept for results that come late.
    private static final Duration MAINTENANCE_MEMORY = Duration.ofDays(1);

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, MaintenanceWindow> windows = new TreeMap<>();
    private final TreeSet<String> isolated = new TreeSet<>();
    private boolean stalled;

    Facts(KeyValueStore<String, byte[]> store, Function<byte[], Signal> decode) {
        this.store = store;
        try (var all = store.all()) {
            all.forEachRemaining(entry -> take(decode.apply(entry.value)));
        }
    }

    /// @param bytes the signal as it came
    void take(Signal signal, byte[] bytes, Instant now) {
        forget(now);
        take(signal);
        var key = signal.getKind() + "/" + signal.getSubject();
        if (signal.getActive()) {
            store.put(key, bytes);
        } else {
            store.delete(key);
        }
    }

    private void take(Signal signal) {
        var subject = signal.getSubject();
        switch (signal.getKind()) {
            case MAINTENANCE -> {
                if (signal.getWindow() == null) {
                    windows.remove(subject);
                } else {
                    windows.put(subject, signal.getWindow());
                }
            }
            case REGION_ISOLATED -> {
                if (signal.getActive()) {
                    isolated.add(subject);
                } else {
                    isolated.remove(subject);
                }
            }
            case PIPELINE_STALLED -> stalled = signal.getActive();
            case UNKNOWN,
                    PARENT_DOWN,
                    OUTAGE,
                    USER_REPORTS,
                    INCIDENT,
                    EVIDENCE,
                    AGENT,
                    DEPENDENCIES,
                    DEPENDS_ON,
                    USER_REPORT,
                    SERVICE ->
                    throw new IllegalArgumentException(signal.getKind() + " is no such fact");
        }
    }

    private void forget(Instant now) {
        var over = new ArrayList<String>();
        windows.forEach((id, window) -> {
            if (Maintenance.over(window, now, MAINTENANCE_MEMORY)) {
                over.add(id);
            }
        });
        over.forEach(id -> {
            windows.remove(id);
            store.delete("MAINTENANCE/" + id);
        });
    }

    /// Those that concern a check.
    ///
    /// @param check asked for only where there are any
    List<Window> windows(Supplier<CheckDefinition> check) {
        return windows.isEmpty() ? List.of() : Maintenance.of(check.get(), windows.values());
    }

    Set<String> isolated() {
        return Set.copyOf(isolated);
    }

    boolean stalled() {
        return stalled;
    }
}
