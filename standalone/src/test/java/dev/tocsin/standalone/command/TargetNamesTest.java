package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetNamesTest {
    @TempDir Path dir = Path.of(".");

    private ConfigOption file(String url) throws IOException {
        var option = new ConfigOption();
        option.file =
                Files.writeString(
                        dir.resolve("tocsin.yaml"),
                        "notify: { targets: [{ id: oncall, type: webhook, url: '%s', secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY= }] }"
                                .formatted(url));
        return option;
    }

    @Test
    void isOneOfTheFile() throws IOException {
        var option = file("https://hooks.example.com/");
        assertThat(TargetNames.of(option, List.of("oncall"))).containsExactly("oncall");
        assertThatThrownBy(() -> TargetNames.of(option, List.of("onkall")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("no target \"onkall\"; there are [oncall]");
    }

    /// `deliveries` asked for the notifier's secrets, which whoever asks it may not have. Who is to be told something has to be known.
    @Test
    void withoutTheNotifiersSecretsNobodyIsKnown() throws IOException {
        var option = file("${NO_SUCH_SECRET}");
        assertThat(TargetNames.readable(option)).isFalse();
        assertThatThrownBy(() -> TargetNames.of(option, List.of("oncall")))
                .hasMessageContaining("${NO_SUCH_SECRET} is not set");
        assertThat(TargetNames.readable(file("https://hooks.example.com/"))).isTrue();
    }
}
