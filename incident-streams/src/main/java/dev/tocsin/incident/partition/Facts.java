package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Around;
import dev.tocsin.incident.engine.check.Near;
import dev.tocsin.incident.engine.check.Parent;
import dev.tocsin.incident.engine.check.Reports;
import dev.tocsin.incident.engine.check.Standstill;
import dev.tocsin.incident.engine.check.Window;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.MaintenanceWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What was decided elsewhere and holds for many checks of a partition: windows of maintenance, isolated regions, a stalled pipeline,
/// failing checks that explain others, users' reports. Each change gives it a new version; a check takes it in when it is next
/// looked at, so that a fact costs the same however many checks there are. One thread.
public final class Facts {
    /// What ended so long ago explains nothing any more; the rest is kept for results that come late.
    private static final Duration MAINTENANCE_MEMORY = Duration.ofDays(1);

    private final Map<String, MaintenanceWindow> windows = new TreeMap<>();

    /// Until when at least those of them last that were looked at: to read a rule takes time, and they are asked often.
    private final Map<String, Instant> lasts = new HashMap<>();

    private final TreeSet<String> isolated = new TreeSet<>();
    private final Map<String, Parent> parents = new HashMap<>();
    private final Map<String, Reports> reports = new HashMap<>();
    private final Map<String, String> regionByAgent = new HashMap<>();
    private @Nullable Instant resumedAt = Instant.MAX;
    private @Nullable Standstill standstill;
    private boolean stalled;
    private int version = 1;
    private Around around = new Around(Set.of(), false, Instant.MAX, null);

    private void changed() {
        version++;
        around = new Around(isolated, stalled, resumedAt, standstill);
    }

    int version() {
        return version;
    }

    Around around() {
        return around;
    }

    /// @param window null when it was taken back
    public void maintenance(String id, @Nullable MaintenanceWindow window) {
        lasts.remove(id);
        if (window == null) {
            windows.remove(id);
        } else {
            windows.put(id, window);
        }
        changed();
    }

    public void isolated(String region, boolean now) {
        if (now ? isolated.add(region) : isolated.remove(region)) {
            changed();
        }
    }

    public void stalled(boolean now) {
        if (stalled != now) {
            stalled = now;
            changed();
        }
    }

    /// To which region an agent is bound; null when to none any more. Concerns results, and no check.
    public void agentRegion(String agentId, @Nullable String region) {
        if (region == null) {
            regionByAgent.remove(agentId);
        } else {
            regionByAgent.put(agentId, region);
        }
    }

    /// Null for an agent that was never heard of: its results count.
    public @Nullable String agentRegion(String agentId) {
        return regionByAgent.get(agentId);
    }

    public void parent(String check, Parent parent) {
        parents.put(check, parent);
        changed();
    }

    public void reports(String service, Reports now) {
        reports.put(service, now);
        changed();
    }

    /// Time goes on as it did for what this follows in the same process.
    void goOn(Facts before) {
        resumedAt = before.resumedAt;
        standstill = before.standstill;
        changed();
    }

    /// Time stood still until now.
    void resumed(Instant at) {
        resumedAt = at;
        changed();
    }

    /// Nobody could write anything in a time that is over now.
    ///
    /// @return with that before it, where both are one
    public Standstill stoodStill(Standstill now) {
        var all = standstill == null ? now : standstill.and(now);
        standstill = all;
        changed();
        return all;
    }

    /// Whether what was measured then, ms since 1970, had to wait for the end of a standstill. Allocates nothing.
    boolean delayed(long measuredMs, long appendedMs) {
        return standstill != null && standstill.delayed(measuredMs, appendedMs);
    }

    /// Drops what explains nothing any more.
    ///
    /// @return ids of the windows of which that is so
    public List<String> forget(Instant now) {
        var over = new ArrayList<String>();
        windows.forEach((id, window) -> {
            if (!now.isBefore(lasts.getOrDefault(id, Instant.MIN))) {
                var until = Maintenance.lasts(window, now, MAINTENANCE_MEMORY);
                if (until == null) {
                    over.add(id);
                } else {
                    lasts.put(id, until);
                }
            }
        });
        over.forEach(windows::remove);
        over.forEach(lasts::remove);
        reports.values().removeIf(old -> !now.isBefore(old.until()));
        return over;
    }

    /// What concerns one check.
    ///
    /// @param check asked for only where that depends on it
    Near near(List<String> dependsOn, Supplier<CheckDefinition> check) {
        if (windows.isEmpty() && reports.isEmpty() && dependsOn.isEmpty()) {
            return Near.NOTHING;
        }
        var explaining = new HashMap<String, Parent>();
        for (var id : dependsOn) {
            var parent = parents.get(id);
            if (parent != null) {
                explaining.put(id, parent);
            }
        }
        if (windows.isEmpty() && reports.isEmpty()) {
            return new Near(List.of(), explaining, Reports.NONE);
        }
        var definition = check.get();
        List<Window> announced = Maintenance.of(definition, windows.values());
        return new Near(
                announced, explaining, reports.getOrDefault(definition.getService(), Reports.NONE));
    }
}
