package dev.tocsin.incident.partition;

import dev.tocsin.incident.engine.check.Around;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Decision;
import dev.tocsin.incident.engine.check.IncidentEngine;
import dev.tocsin.incident.engine.check.Input;
import dev.tocsin.incident.engine.check.Near;
import dev.tocsin.incident.engine.check.Policy;
import dev.tocsin.incident.engine.check.Reports;
import dev.tocsin.incident.wire.Ballot;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.MaintenanceWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// One check's results through the engine once more, outside of Kafka: what is decided, or what would be under another definition. Results in the
/// order of the partition; one thread.
public final class Replay {
    private final CheckDefinition definition;
    private final Policy policy;
    private final List<IncidentEvent> events = new ArrayList<>();
    private CheckState state = CheckState.EMPTY;

    /// @throws IllegalArgumentException when the definition is none that `tocsin validate` lets pass
    public Replay(CheckDefinition definition, Collection<MaintenanceWindow> maintenance) {
        this.definition = definition;
        policy =
                Policies.of(definition)
                        .under(
                                Around.NOTHING,
                                new Near(
                                        Maintenance.of(definition, maintenance),
                                        Map.of(),
                                        Reports.NONE));
    }

    /// @param appended the broker's stamp of the record
    public void result(CheckResult result, Instant appended) {
        tick(appended);
        var sample = Ballot.sample(result);
        if (sample != null) {
            apply(new Input.Voted(appended, result.getRegion(), sample, null));
        }
    }

    /// Time has passed.
    public void tick(Instant now) {
        apply(new Input.Tick(now, "replay/" + now));
    }

    private void apply(Input input) {
        var step = IncidentEngine.step(state, input, policy);
        state = step.next();
        step.events().forEach(event -> events.add(Wire.event(event, definition)));
    }

    /// What it told so far.
    public List<IncidentEvent> events() {
        return List.copyOf(events);
    }

    /// The votes as they are now.
    public Decision decision(Instant now) {
        return Decision.of(state, policy, now);
    }

    /// All that the engine knows now.
    public CheckState state() {
        return state;
    }

    /// With every default filled in.
    public Policy policy() {
        return policy;
    }
}
