package dev.tocsin.incident.engine.check;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why nobody new is told of an incident (rule 7).
///
/// @param by a kind and a name: `maintenance:db-upgrade`, `snooze:ana`, `depends-on:edge-dns`
/// @param rootIncidentId of `depends-on`: the incident that explains it; null while its parents' verdicts are waited for
public record Suppression(String by, @Nullable String rootIncidentId) {
    static final String SNOOZE = "snooze:";
    private static final String DEPENDS_ON = "depends-on:";

    public static Suppression explainedBy(Parent parent) {
        return new Suppression(DEPENDS_ON + parent.rootCheckId(), parent.rootIncidentId());
    }

    public static Suppression waitingFor(List<String> parents) {
        return new Suppression(DEPENDS_ON + String.join(",", parents), null);
    }

    /// For people.
    String said() {
        return waits()
                ? "nobody is told before there is a verdict on what it depends on"
                : by + " explains it";
    }

    /// The same, once nothing keeps people from being told any more.
    String over() {
        if (waits()) {
            return "nothing that it depends on explains it";
        }
        return by.startsWith(SNOOZE) ? by + " is over" : by + " explains it no longer";
    }

    boolean waits() {
        return by.startsWith(DEPENDS_ON) && rootIncidentId == null;
    }

    /// Which check explains it.
    ///
    /// @param by as events have it, of one with a root
    public static String dependsOn(String by) {
        return by.substring(DEPENDS_ON.length());
    }
}
