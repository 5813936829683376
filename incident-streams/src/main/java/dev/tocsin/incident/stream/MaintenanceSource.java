package dev.tocsin.incident.stream;

import dev.tocsin.incident.partition.Maintenance;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Occurrences;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Tells every partition of a window of maintenance, or that it was taken back.
public final class MaintenanceSource implements Announcer.Source<MaintenanceWindow> {
    @Override
    public Signal signal(String key, @Nullable MaintenanceWindow window, Instant now) {
        if (window != null) { // what is in force with a longer one can be taken back
            Occurrences.checkId(key);
            if (!window.getWindowId().equals(key)) {
                throw new IllegalArgumentException(
                        "key %s is not the window's id %s".formatted(key, window.getWindowId()));
            }
            var _ = Maintenance.schedule(window); // throws for one that makes no sense
        }
        return Wire.signal(
                        "maintenance/" + key + "/" + now.toEpochMilli(),
                        SignalKind.MAINTENANCE,
                        key,
                        window != null,
                        now)
                .setWindow(window)
                .build();
    }
}
