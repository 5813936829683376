package dev.tocsin.schemas.kept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.kept.RegistryMatch.Written;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryMatchTest {
    private static final String URL = "http://r:8081";
    private static final Written CHECKS = new Written("checks", "t.Check", 1, "t.Check");
    private static final Written AGENTS = new Written("agents", "t.Agent", 2, "t.Agent");

    @Test
    void topicsThatHoldNothingOrWhatTheyShouldAreOfThisRegistry() {
        assertThat(RegistryMatch.judge(URL, List.of())).isNull();
        assertThat(RegistryMatch.judge(URL, List.of(CHECKS, AGENTS))).isNull();
    }

    @Test
    void aRegistryMadeAnewIsNamedWithWhatAnIdMeansThere() {
        assertThat(
                        RegistryMatch.judge(
                                URL,
                                List.of(
                                        new Written("checks", "t.Check", 1, "t.Foreign1"),
                                        new Written("agents", "t.Agent", 2, null))))
                .isEqualTo(
                        "registry http://r:8081 is not the one that these topics were written with: topic checks has schema id 1, which is t.Foreign1 there; tocsin admin registry import restores it from a backup (docs/how-to/operate.md#backup-of-the-registry)");
        assertThat(
                        RegistryMatch.judge(
                                URL,
                                List.of(
                                        new Written("agents", "t.Agent", 2, null),
                                        new Written("checks", "t.Check", 1, null))))
                .contains("has schema id 2, which is nothing there");
    }

    /// On a young installation it may be all that there is, and no reason to end.
    @Test
    void oneTopicThatHoldsNothingButForeignRecordsIsNoEvidence() {
        assertThat(RegistryMatch.judge(URL, List.of(new Written("agents", "t.Agent", 2, null))))
                .isNull();
    }

    @Test
    void foreignRecordsInATopicDoNotMakeItsRegistryAnother() {
        var foreign = new Written("checks", "t.Check", 9, "x.Order");
        assertThat(RegistryMatch.judge(URL, List.of(foreign, CHECKS))).isNull();
        assertThat(RegistryMatch.judge(URL, List.of(foreign, AGENTS))).isNull();
    }
}
