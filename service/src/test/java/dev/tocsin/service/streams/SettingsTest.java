package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.KafkaSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/// What an app is called, where it keeps its state, and what no setting may change.
class SettingsTest {
    @Test
    void whatAGuaranteeRestsOnIsNotTheUsersAndTheRestIs() {
        var kafka =
                new KafkaSettings(
                        Map.of(
                                "topic.prefix", "test.",
                                "commit.interval.ms", "1000",
                                "processing.guarantee", "at_least_once"));
        var settings =
                StreamsSettings.of(
                        kafka, "app", "app-1", Path.of("/data"), Map.of("num.stream.threads", 3));
        assertThat(settings)
                .containsEntry("application.id", "test.app")
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("main.consumer.group.instance.id", "app-1")
                .containsEntry("state.dir", "/data")
                .containsEntry("commit.interval.ms", "1000")
                .containsEntry("consumer.auto.offset.reset", "earliest")
                .containsEntry("num.stream.threads", 3);
    }

    @Test
    void aStoreIsKeptInATopicThatIsCalledByItsAppAndFilledByWhatItsPartReads() {
        var state = new AppState("app", List.of("a", "b"), Map.of());
        assertThat(state.group("test.")).isEqualTo("test.app");
        assertThat(state.changelog("test.", "seen")).isEqualTo("test.app-seen-changelog");

        var topology = new Topology();
        topology.addSource("a", "topic-a").addSource("b", "topic-b").addSource("c", "topic-c");
        topology.addProcessor("both", Passed::new, "a", "b").addProcessor("one", Passed::new, "c");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore("seen"), Serdes.String(), Serdes.ByteArray()),
                "both");
        assertThat(Changelogs.of(topology.describe(), "test.app"))
                .isEqualTo(Map.of("test.app-seen-changelog", Set.of("topic-a", "topic-b")));
    }

    private static final class Passed extends ContextualProcessor<Object, Object, Object, Object> {
        @Override
        public void process(Record<Object, Object> record) {
            context().forward(record);
        }
    }
}
