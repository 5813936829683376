package dev.tocsin.incident.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoliciesTest {
    private static CheckDefinition check(String quorum) {
        return CheckDefinition.newBuilder()
                .setCheckId("shop")
                .setConfigVersion("v1")
                .setName("Shop")
                .setService("shop")
                .setUrl("http://x/")
                .setProbe("http")
                .setIntervalMs(30_000)
                .setTimeoutMs(1000)
                .setRegions(List.of("us", "eu"))
                .setIncident(IncidentPolicy.newBuilder().setQuorum(quorum).build())
                .build();
    }

    @Test
    void aDefinitionThatCouldNeverFireIsNotAcceptedAndItsCheckIsNamed() {
        Policies.accept(check("2"));
        assertThatThrownBy(() -> Policies.accept(check("5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "check \"shop\": incident.quorum: 5 regions are wanted, and the check has 2: it would never fire");
    }

    @Test
    void whatAgentsAndThePageFollowIsDecidedOnHoweverItIsCalled() {
        Policies.accept(CheckDefinition.newBuilder(check("2")).setName("Shop\u202E").build());
    }

    @Test
    void oneThatIsStoredSinceBeforeThatRuleIsStillJudged() {
        assertThat(Policies.of(check("5")).quorum().need(2, 2)).isEqualTo(5);
    }
}
