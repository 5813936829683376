package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceCommandsTest {
    @TempDir Path dir = Path.of(".");

    /// Its port answers before its parts are made, and says what they wait for.
    @Test
    void aServiceThatIsBeingStartedIsNotReadyThoughNobodySaysYetWhy() throws Exception {
        var ready = new ArrayList<Boolean>();
        var healths = new ArrayList<Health>();
        var service =
                new ServiceCommands.Service() {
                    @Override
                    int adminPort() {
                        return 0;
                    }

                    @Override
                    AutoCloseable start(ServiceCommands.Surroundings around) {
                        ready.add(around.health().ready());
                        healths.add(around.health());
                        around.health().gaveUp("part", "the test is over");
                        return () -> {};
                    }
                };
        service.config.file = Files.writeString(dir.resolve("tocsin.yaml"), "checks: []\n");
        assertThat(service.call()).isEqualTo(Exit.GAVE_UP);
        assertThat(ready).isEqualTo(List.of(false));
        assertThat(healths.getFirst().troubles()).isEqualTo(Map.of("part", "the test is over"));
    }
}
