package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.Kind;
import dev.tocsin.incident.engine.Past;
import dev.tocsin.incident.engine.Severity;
import dev.tocsin.incident.engine.Times;
import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.Verdict;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Handling;
import dev.tocsin.incident.engine.check.Incident;
import dev.tocsin.incident.engine.check.Parent;
import dev.tocsin.incident.engine.check.Region;
import dev.tocsin.incident.engine.check.Reports;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Suppression;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.incident.engine.outage.Child;
import dev.tocsin.incident.engine.outage.OutageEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a restart remembers of groups, regions and services.
class StateCodecTest {
    private static final Instant AT = Instant.parse("2026-11-24T00:00:00.123456Z");

    @Test
    void anOutageComesBackWhole() {
        var child =
                new Child(
                        "i1",
                        "shop",
                        "Shop",
                        "store",
                        Kind.DOWN,
                        Severity.ERROR,
                        true,
                        false,
                        AT,
                        null,
                        Map.of("us", Verdict.FAILING),
                        Map.of("team", "shop"),
                        Duration.ofMinutes(10),
                        null);
        var first = OutageEngine.step(OutageEngine.State.EMPTY, "all", child, AT);
        var other =
                new Child(
                        "i2",
                        "mail",
                        "Mail",
                        "mail",
                        Kind.PARTIAL,
                        Severity.WARNING,
                        true,
                        false,
                        AT,
                        null,
                        Map.of(),
                        Map.of(),
                        Duration.ofMinutes(10),
                        null);
        var state = OutageEngine.step(first.next(), "all", other, AT).next();
        assertThat(state.outage()).isNotNull();
        assertThat(StateCodec.decode(StateCodec.encode(state), OutageEngine.State.class))
                .isEqualTo(state);
    }

    @Test
    void aVersionThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> StateCodec.decode(new byte[] {99}, CheckState.class))
                .hasMessageContaining("version 99");
    }
}
