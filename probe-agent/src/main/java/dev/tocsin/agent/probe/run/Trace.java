package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The log of one run: which phase it is in, how long each took, what was seen. Synchronised, since an HTTP client may
/// report from its own threads.
public final class Trace {
    /// A conversation of so many lines says no more by its next one.
    private static final int LINES = 500;

    /// Cuts a text to so many characters, and hides in it what was filled in.
    public interface Hiding {
        /// Where there is nothing to hide.
        Hiding NOTHING = (text, most) -> text.substring(0, Math.min(most, text.length()));

        String hide(String text, int most);
    }

    private static final int LINE = 400;

    private final Hiding hiding;
    private final long startedNanos = System.nanoTime();
    private final Map<Phase, Long> micros = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();
    private Phase phase = Phase.INTERNAL;
    private long phaseNanos = startedNanos;
    private @Nullable String address;

    /// Of a run with nothing to hide.
    public Trace() {
        this(Hiding.NOTHING);
    }

    public Trace(Hiding hiding) {
        this.hiding = hiding;
    }

    /// For what is said elsewhere than here.
    public String shown(String text, int most) {
        return hiding.hide(text, most);
    }

    /// Ends the current phase and begins the next.
    public synchronized void enter(Phase next) {
        leave();
        phase = next;
    }

    /// Ends the current phase.
    public synchronized void leave() {
        long now = System.nanoTime();
        if (phase != Phase.INTERNAL) {
            micros.merge(phase, (now - phaseNanos) / 1000, Long::sum);
        }
        phase = Phase.INTERNAL;
        phaseNanos = now;
    }

    public synchronized void note(String line) {
        if (lines.size() < LINES) {
            lines.add(
                    "%8.1f ms  %s"
                            .formatted(
                                    (System.nanoTime() - startedNanos) / 1e6,
                                    hiding.hide(line, LINE)));
        }
    }

    /// The address that is about to be connected to.
    public synchronized void connecting(String to) {
        address = to;
        note("connecting to " + to);
    }

    public synchronized Phase phase() {
        return phase;
    }

    /// For people.
    public synchronized @Nullable String address() {
        return address == null ? null : hiding.hide(address, LINE);
    }

    /// For conditions: also where the host is a secret.
    public synchronized @Nullable String connectedTo() {
        return address;
    }

    /// Lower-case phase name to microseconds, in the order of the run.
    public synchronized Map<String, Long> timings() {
        var named = new LinkedHashMap<String, Long>();
        micros.forEach((p, us) -> named.put(p.name().toLowerCase(java.util.Locale.ROOT), us));
        return named;
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
