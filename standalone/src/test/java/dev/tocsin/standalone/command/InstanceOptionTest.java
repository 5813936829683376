package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.standalone.command.ServiceCommands.InstanceOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Two processes of one name fence each other, and one that changes its name at a restart leaves its state behind.
class InstanceOptionTest {
    private static String name(String folder) {
        return new InstanceOption().name(Path.of(folder));
    }

    @Test
    void whoeverGivesNoneHasTheNameOfItsHostAndFolder() {
        assertThat(name("/var/lib/tocsin")).matches("[A-Za-z0-9._-]+");
        assertThat(name("/var/lib/tocsin"))
                .isEqualTo(name("/var/lib/tocsin"))
                .isEqualTo(name("/var/lib/other/../tocsin/"))
                .isNotEqualTo(name("/var/lib/tocsin-2"));
        assertThat(name(".tocsin")).isEqualTo(name(Path.of(".tocsin").toAbsolutePath().toString()));
    }

    @Test
    void whoeverGivesOneHasThatInAnyFolder() {
        var option = new InstanceOption();
        option.name = "eu-1";
        assertThat(option.name(Path.of("/a")))
                .isEqualTo("eu-1")
                .isEqualTo(option.name(Path.of("b")));
    }
}
