package dev.tocsin.notifier.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final Progress BEFORE = new Progress(Map.of(0, 100L, 1, 50L), Map.of());

    @Test
    void allIsWellWhereEachPartitionIsWrittenAndReadOn() {
        var now = new Progress(Map.of(0, 160L, 1, 51L), Map.of(0, 100L, 1, 51L));
        assertThat(now.trouble(BEFORE)).isNull();
    }

    @Test
    void aPartitionThatNobodyWritesToIsTrouble() {
        var now = new Progress(Map.of(0, 160L, 1, 50L), Map.of(0, 160L, 1, 50L));
        assertThat(now.trouble(BEFORE)).contains("written to partition 1");
    }

    @Test
    void aPartitionThatIsNotReadIsTrouble() {
        var late = new Progress(Map.of(0, 160L, 1, 51L), Map.of(0, 99L, 1, 51L));
        assertThat(late.trouble(BEFORE)).contains("partition 0").contains("not read");
        var never = new Progress(Map.of(0, 160L, 1, 51L), Map.of(1, 51L));
        assertThat(never.trouble(BEFORE)).contains("partition 0").contains("not read");
    }

    @Test
    void aPartitionThatIsNewIsNoTroubleYet() {
        var now = new Progress(Map.of(0, 160L, 1, 51L, 2, 0L), Map.of(0, 160L, 1, 51L));
        assertThat(now.trouble(BEFORE)).isNull();
    }
}
