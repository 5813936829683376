package dev.tocsin.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
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

    @Test
    void topicsForDeadLettersAreLookedForAtTheStart() {
        var all = new TreeSet<String>();
        Topics.ALL.forEach(topic -> all.add(topic.named("p.")));
        Topics.WITH_DEAD_LETTERS.forEach(topic -> all.add(topic.deadLetters("p.")));
        assertThat(TopicCheck.missing("p.", all)).isNull();
        for (var name : List.of("p.signals-dlq", "p.checks", "p.agents-dlq", "p.incident-state")) {
            var some = new TreeSet<>(all);
            some.remove(name);
            assertThat(TopicCheck.missing("p.", some))
                    .isEqualTo(
                            "topic " + name + " does not exist: tocsin admin bootstrap makes it");
        }
    }
}
