package dev.tocsin.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TopicCheckTest {
    @Test
    void aTopicThatItsWritersStampIsNamedWithWhatMendsIt() {
        assertThat(TopicCheck.stamped("t.agents", "CreateTime"))
                .isEqualTo(
                        "topic t.agents has message.timestamp.type=CreateTime and must have LogAppendTime, or the clock of one writer misleads all: tocsin admin bootstrap mends that");
        assertThat(TopicCheck.stamped("t.agents", "LogAppendTime")).isNull();
        assertThat(TopicCheck.stamped("t.agents", null)).isNull();
    }

    @Test
    void topicsThatAreJoinedHaveTheSameNumberOfPartitions() {
        assertThat(TopicCheck.parted(Map.of("checks", 6, "signals", 6))).isNull();
        assertThat(TopicCheck.parted(new TreeMap<>(Map.of("checks", 6, "signals", 12))))
                .contains("(checks 6, signals 12)", "tocsin admin bootstrap --partitions");
    }
}
