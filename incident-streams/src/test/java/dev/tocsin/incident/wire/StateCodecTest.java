package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.check.CheckState;
import org.junit.jupiter.api.Test;

/// What a restart remembers of groups, regions and services.
class StateCodecTest {
    @Test
    void aVersionThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> StateCodec.decode(new byte[] {99}, CheckState.class))
                .hasMessageContaining("version 99");
    }
}
