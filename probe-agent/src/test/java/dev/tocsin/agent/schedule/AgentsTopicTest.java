package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class AgentsTopicTest {
    @Test
    void aHeartbeatStandsUnderItsAgentOrSaysNothing() {
        TrustedRecords.trust();
        var status =
                AgentStatus.newBuilder()
                        .setAgentId("us-2")
                        .setRegion("us")
                        .setBootEpoch(1)
                        .setAt(Instant.EPOCH)
                        .setChecks(1)
                        .setVersion("1")
                        .build();
        assertThat(AgentsTopic.own("us-2", status)).isEqualTo(status);
        assertThat(AgentsTopic.own("us-2", null)).isNull();
        for (var key : new String[] {"us-1", null}) {
            assertThatThrownBy(() -> AgentsTopic.own(key, status))
                    .isInstanceOf(SerializationException.class)
                    .hasMessage("key " + key + " is not the agent's id us-2");
        }
    }
}
