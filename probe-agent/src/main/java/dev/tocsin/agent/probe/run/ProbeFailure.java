package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.io.IOException;

/// A probe's own word on what failed, where it knows better than the trace's phase and the exception's type.
public final class ProbeFailure extends IOException {
    private final transient Phase phase;
    private final String code;

    public ProbeFailure(Phase phase, String code, String detail) {
        super(detail);
        this.phase = phase;
        this.code = code;
    }

    /// Of what a condition reads, more than this agent holds: judged by its beginning, it would be found or missed by chance.
    public static ProbeFailure tooLarge(String what, int most) {
        return new ProbeFailure(
                Phase.INTERNAL,
                "too-large",
                what + " is longer than " + most + " bytes: a condition on it cannot be judged");
    }

    public Phase phase() {
        return phase;
    }

    /// A short stable word, e.g. `nxdomain`.
    public String code() {
        return code;
    }
}
