package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientOptionTest {
    @Test
    void thePortBaseOfAnUpLeadsToItsKafkaAndItsRegistry() {
        var option = new ClientOption();
        option.base = 23192;
        assertThat(option.settings().bootstrapServers()).isEqualTo("127.0.0.1:23192");
        assertThat(option.settings().registryUrl()).startsWith("http://127.0.0.1:23194/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ack",
                "unack",
                "snooze",
                "close",
                "annotate",
                "incidents",
                "deliveries",
                "redeliver",
                "test-fire",
                "why",
                "replay",
                "apply",
                "maintenance add",
                "maintenance list",
                "maintenance remove",
                "admin bootstrap",
                "admin dlq",
                "admin registry export",
                "admin registry import",
                "admin carry"
            })
    void everyCommandThatSpeaksToAPipelineKnowsIt(String command) {
        var ran = Ran.of((command + " --help").split(" "));
        assertThat(ran.out()).contains("--port-base");
        assertThat(ran.code()).isZero();
    }
}
