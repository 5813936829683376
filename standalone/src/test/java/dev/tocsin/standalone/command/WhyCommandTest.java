package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.check.Decision.State;
import org.junit.jupiter.api.Test;

class WhyCommandTest {
    @Test
    void votesThatCallForAnIncidentAreNotSaidNotTo() {
        assertThat(WhyCommand.notOpen(State.DOWN, true)).contains("incident-streams does not run");
        assertThat(WhyCommand.notOpen(State.DOWN, false)).contains("not open yet");
        assertThat(WhyCommand.notOpen(State.UP, true))
                .as("it was closed otherwise, and waits in what is replayed")
                .endsWith("do not call for it");
        assertThat(WhyCommand.notOpen(State.UP, false)).endsWith("do not call for it");
    }
}
