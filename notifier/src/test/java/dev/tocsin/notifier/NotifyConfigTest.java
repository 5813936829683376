package dev.tocsin.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotifyConfigTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir Path dir = Path.of(".");

    private NotifyConfig config(String url, String allowed) throws IOException {
        return read(
                """
                notify:
                  allow-networks: %s
                  targets: [{ id: oncall, type: webhook, url: "%s", secret: "%s" }]
                """
                        .formatted(allowed, url, SECRET));
    }

    private NotifyConfig read(String yaml) throws IOException {
        var file = Files.writeString(dir.resolve("notify.yaml"), yaml);
        return NotifyConfig.from(ConfigFile.load(file, Map.of(), Set.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8000/hidden,127.0.0.1",
        "http://localhost:8000/hidden,127.0.0.1",
        "http://[::ffff:10.0.0.1]/hidden,10.0.0.1",
        "https://169.254.169.254/hidden,169.254.169.254"
    })
    void aTargetThatCanNeverBeToldIsRefusedWithItsPlace(String url, String address) {
        assertThatThrownBy(() -> config(url, "[]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("notify.yaml:3: notify.targets[0]: url: " + address + " is ")
                .hasMessageContaining("notify.allow-networks")
                .hasMessageNotContaining("hidden")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void whatIsAllowedOrHasToBeLookedUpIsTaken() throws IOException {
        assertThat(config("http://127.0.0.1:8000/", "[127.0.0.0/8]").targets()).hasSize(1);
        assertThat(config("http://127.0.0.1:8000/", "127.0.0.0/8").targets()).hasSize(1);
        assertThat(config("http://[::1]:8000/", "[10.0.0.0/8, '::1/128']").targets()).hasSize(1);
        assertThat(config("http://hooks:8000/", "[]").targets()).hasSize(1);
        assertThat(config("https://9.9.9.9/", "[]").targets()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1/8,behind the first 8 must be 0", "~,is no network", "8,is no network"})
    void aNetworkThatIsNoneIsRefusedWithItsPlace(String network, String why) {
        assertThatThrownBy(
                        () -> config("https://hooks.example.com/", "[10.0.0.0/8, " + network + "]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("notify.yaml:2: notify.allow-networks[1]: ")
                .hasMessageContaining(why);
    }
}
