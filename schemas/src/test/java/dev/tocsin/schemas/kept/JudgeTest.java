package dev.tocsin.schemas.kept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.kept.Finding.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {
    private static final String CHANGELOG = "r.app-check-state-changelog";
    private static final Needs STREAMS =
            new Needs(
                    "r.",
                    Topics.ALL,
                    List.of(Topics.CHECKS),
                    true,
                    Map.of(CHANGELOG, Set.of("r.checks", "r.check-results")));

    private final Map<String, Kept> found = new HashMap<>();

    JudgeTest() {
        for (Topic<?> topic : Topics.ALL) {
            found.put(topic.named("r."), new Kept(6, 3, topic.settings().all()));
        }
        found.put("r.checks-dlq", new Kept(1, 3, Map.of("cleanup.policy", "delete")));
        found.put(CHANGELOG, new Kept(6, 3, null));
    }

    private void alter(String topic, int partitions) {
        found.computeIfPresent(
                topic, (_, kept) -> new Kept(partitions, kept.replicas(), kept.settings()));
    }

    private void alter(String topic, String setting, String value) {
        var settings = new HashMap<>(Objects.requireNonNull(found.get(topic)).settings());
        settings.put(setting, value);
        found.put(topic, new Kept(6, 3, settings));
    }

    private List<Finding> judge(Needs needs) {
        return Judge.judge(needs, found, Set.of(), 3);
    }

    @Test
    void asTheyAreMadeNothingIsWrong() {
        assertThat(judge(STREAMS)).isEmpty();
    }

    @Test
    void lanesWithOtherNumbersOfPartitionsAreRefusedByWhoJoinsThemAlone() {
        alter("r.check-results", 3);
        assertThat(judge(STREAMS).getFirst())
                .isEqualTo(
                        new Finding(
                                Kind.REFUSED,
                                "topics that are joined have different numbers of partitions (r.check-results 3, r.checks 6, r.incident-commands 6, r.signals 6), so that what belongs together is read apart; partitions are for as long as the topics: docs/how-to/operate.md#more-partitions"));
        assertThat(judge(Needs.of("r.", Topics.ALL))).isEmpty();
    }

    @Test
    void morePartitionsThanTheStateHasAreRefusedAndNobodyIsSentToTheResetTool() {
        for (var lane : List.of("checks", "check-results", "signals", "incident-commands")) {
            alter("r." + lane, 12);
        }
        assertThat(judge(STREAMS)).hasSize(1);
        assertThat(judge(STREAMS).getFirst().kind()).isEqualTo(Kind.REFUSED);
        assertThat(judge(STREAMS).getFirst().sentence())
                .contains("12 partitions", CHANGELOG, "in 6", "operate.md#more-partitions")
                .doesNotContain("StreamsResetter");
    }

    @Test
    void aStateThatIsNotThereYetIsFine() {
        found.remove(CHANGELOG);
        alter("r.incidents", 1);
        assertThat(judge(STREAMS)).isEmpty();
    }

    @Test
    void whatDoesNotExistIsWaitedForUnlessItMayNotBeSeen() {
        found.remove("r.agents");
        found.remove("r.checks-dlq");
        assertThat(judge(STREAMS))
                .containsExactlyInAnyOrder(
                        new Finding(
                                Kind.WAITS,
                                "topic r.agents does not exist: tocsin admin bootstrap makes it"),
                        new Finding(
                                Kind.WAITS,
                                "topic r.checks-dlq does not exist: tocsin admin bootstrap makes it"));
        assertThat(Judge.judge(STREAMS, found, Set.of("r.agents", "r.checks-dlq"), 3)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "agents, message.timestamp.type, CreateTime, ' must have LogAppendTime, or the clock of one writer misleads all: '",
        "incidents, cleanup.policy, compact, ' must have delete: '",
        "incident-state, cleanup.policy, delete, ' must have compact: '",
        "deliveries, retention.ms, 60000, ' must have 604800000: '",
        "check-results, max.message.bytes, 2000, ' must have 65536: '",
        "incidents, max.message.bytes, 2000, ' must have 1048576: '"
    })
    void whatWouldLoseOrMisleadIsWaitedForWithWhatMendsIt(
            String topic, String setting, String value, String must) {
        alter("r." + topic, setting, value);
        assertThat(judge(STREAMS))
                .containsExactly(
                        new Finding(
                                Kind.WAITS,
                                "topic r.%s has %s=%s and%stocsin admin bootstrap --repair mends that"
                                        .formatted(topic, setting, value, must)));
    }

    /// A cluster has rules of its own, and brokers that are older: nobody is left untold for that.
    @ParameterizedTest
    @CsvSource({
        "incidents, retention.ms, 86400000",
        "deliveries, retention.ms, 172800000",
        "incidents, max.message.bytes, 1000012",
        "deliveries, max.message.bytes, 900000"
    })
    void whatCostsHistoryOrRoomThatIsHardlyNeededIsAdvisedAgainst(
            String topic, String setting, String value) {
        alter("r." + topic, setting, value);
        assertThat(judge(STREAMS)).extracting(Finding::kind).containsExactly(Kind.ADVICE);
    }

    @Test
    void largerRecordsThanNeedBeAreAdvisedAgainst() {
        alter("r.agents", "max.message.bytes", "1048588");
        assertThat(judge(STREAMS)).extracting(Finding::kind).containsExactly(Kind.ADVICE);
    }

    @Test
    void fewReplicasAreAdvisedAgainstWhereThereAreBrokersForMore() {
        found.put("r.checks", new Kept(6, 1, Topics.CHECKS.settings().all()));
        alter("r.signals", "min.insync.replicas", "1");
        assertThat(judge(STREAMS))
                .extracting(Finding::kind)
                .containsExactly(Kind.ADVICE, Kind.ADVICE);
        assertThat(judge(STREAMS).getFirst().sentence())
                .startsWith("fewer than 3 replicas, of 3 brokers: r.checks 1;");
        assertThat(judge(STREAMS).getLast().sentence()).contains(": r.signals;");
        assertThat(Judge.judge(STREAMS, found, Set.of(), 2)).isEmpty();
    }
}
