package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.check.CheckState;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// What a restart remembers of groups, regions and services.
class StateCodecTest {
    private static final Instant AT = Instant.parse("2026-11-24T00:00:00.123456Z");

    @Test
    void aVersionThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> StateCodec.decode(new byte[] {99}, CheckState.class))
                .hasMessageContaining("version 99");
    }
}
