package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.run.Run;
import java.io.IOException;
import java.util.Map;

/// Looks at a target once, over a new connection and a fresh DNS answer. Runs on a virtual thread of its own; must obey
/// the run's deadline in everything that blocks, and interruption.
public interface Probe {
    /// @return placeholder name (`STATUS`, `BODY`, `IP` ...) to value, for the conditions; `CONNECTED` and
    ///     `RESPONSE_TIME` are added by the caller
    /// @throws IOException when the target could not be reached or broke off; the phase the trace is in is to blame
    Map<String, Object> run(Run run) throws IOException;
}
