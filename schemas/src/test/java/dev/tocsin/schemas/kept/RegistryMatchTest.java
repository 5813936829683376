package dev.tocsin.schemas.kept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.kept.RegistryMatch.Written;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistryMatchTest {
    private static final String URL = "http://r:8081";
    private static final Written CHECKS = new Written("checks", "t.Check", 1, "t.Check");
    private static final Written AGENTS = new Written("agents", "t.Agent", 2, "t.Agent");

    private static @Nullable String judge(List<Written> written) {
        return RegistryMatch.judge(URL, written, _ -> true);
    }

    @Test
    void topicsThatHoldNothingOrWhatTheyShouldAreOfThisRegistry() {
        assertThat(judge(List.of())).isNull();
        assertThat(judge(List.of(CHECKS, AGENTS))).isNull();
    }

    @Test
    void aRegistryMadeAnewIsNamedWithWhatAnIdMeansThere() {
        assertThat(
                        judge(
                                List.of(
                                        new Written("checks", "t.Check", 1, "t.Foreign1"),
                                        new Written("agents", "t.Agent", 2, null))))
                .isEqualTo(
                        "registry http://r:8081 is not the one that these topics were written with: topic checks has schema id 1, which is t.Foreign1 there; tocsin admin registry import restores it from a backup (docs/how-to/operate.md#backup-of-the-registry)");
        assertThat(
                        judge(
                                List.of(
                                        new Written("agents", "t.Agent", 2, null),
                                        new Written("checks", "t.Check", 1, null))))
                .contains("has schema id 2, which is nothing there");
    }

    /// On a young installation it may be all that there is, and no reason to end.
    @Test
    void oneTopicThatHoldsNothingButForeignRecordsIsNoEvidence() {
        assertThat(judge(List.of(new Written("agents", "t.Agent", 2, null)))).isNull();
    }

    @Test
    void aRegistryThatNeverHeardOfTheOnlyTopicWithRecordsIsAnother() {
        var only = List.of(new Written("checks", "t.Check", 1, null));
        assertThat(RegistryMatch.judge(URL, only, topic -> !topic.equals("checks")))
                .contains("topic checks has schema id 1, which is nothing there");
        assertThat(RegistryMatch.judge(URL, List.of(CHECKS), _ -> false)).isNull();
    }

    @Test
    void foreignRecordsInATopicDoNotMakeItsRegistryAnother() {
        var foreign = new Written("checks", "t.Check", 9, "x.Order");
        assertThat(judge(List.of(foreign, CHECKS))).isNull();
        assertThat(judge(List.of(foreign, AGENTS))).isNull();
    }
}
