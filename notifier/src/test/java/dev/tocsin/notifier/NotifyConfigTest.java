package dev.tocsin.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private NotifyConfig secret(String keys) throws IOException {
        return read(
                """
                notify:
                  targets: [{ id: oncall, type: webhook, url: "https://hooks.example.com/", %s }]
                """
                        .formatted(keys));
    }

    @Test
    void aSecretIsOneOrAListOrInAFile() throws IOException {
        var file = Files.writeString(dir.resolve("secret"), SECRET + "\n\n" + SECRET + "\n");
        assertThat(secret("secret: " + SECRET).targets()).hasSize(1);
        assertThat(secret("secret: [%s, %s, %s]".formatted(SECRET, SECRET, SECRET)).targets())
                .hasSize(1);
        assertThat(secret("secret-file: " + file).targets()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret: []|secret: missing",
                "secret: [~]|secret: missing",
                "secret: [S, S, S, S]|secret: at most 3 at once, not 4",
                "secret: [S, hunter2]|secret: must be whsec_",
                "secret: S, secret-file: DIR/wrong|secret, secret-file: give one of them",
                "secret-file: DIR/none|/none cannot be read: NoSuchFileException",
                "secret-file: DIR|cannot be read: ",
                "secret-file: DIR/wrong|secret: must be whsec_",
                "secret-file: DIR/binary|/binary cannot be read: MalformedInputException",
                "secret-file: DIR/empty|secret: missing"
            })
    void aSecretThatIsNoneIsRefusedWithItsPlaceAndNotShown(String keys, String why)
            throws IOException {
        Files.writeString(dir.resolve("wrong"), SECRET + "\nhunter2\n");
        Files.writeString(dir.resolve("empty"), "\n");
        Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() ->
                        secret(keys.replaceAll("\\bS\\b", SECRET).replace("DIR", dir.toString())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("notify.yaml:2: notify.targets[0]")
                .hasMessageContaining(why)
                .hasMessageNotContaining(SECRET)
                .hasMessageNotContaining("hunter2");
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

    private NotifyConfig three(String more) throws IOException {
        return read(
                """
                notify:
                  targets:
                    - { id: oncall, type: webhook, url: "https://hooks.example/", secret: "%s" }
                    - { id: mail, type: email, smtp: "smtp://mail:25", from: a@example.com, to: [b@example.com, c@example.com] }
                    - { id: chat, type: webhook, url: "https://chat.example/", secret: "%s" }
                %s
                """
                        .formatted(SECRET, SECRET, more));
    }

    private static List<String> watchers(NotifyConfig config, String target) {
        return Objects.requireNonNull(config.targets().get(target)).policy().watchers();
    }

    @Test
    void othersOfTheFileHearThatATargetCannotBeToldWhereItDoesNotSayWho() throws IOException {
        var config = three("");
        assertThat(watchers(config, "oncall"))
                .containsExactly("mail/b@example.com", "mail/c@example.com", "chat");
        assertThat(watchers(config, "mail/b@example.com")).containsExactly("oncall", "chat");
        assertThat(config.watchers())
                .containsExactly("oncall", "mail/b@example.com", "mail/c@example.com");
    }

    @Test
    void whomAlarmsNamesHearsInTheirPlace() throws IOException {
        var config = three("  alarms: [chat]");
        assertThat(watchers(config, "oncall")).containsExactly("chat");
        assertThat(watchers(config, "chat")).isEmpty();
        assertThat(config.watchers()).containsExactly("chat");
        assertThatThrownBy(() -> three("  alarms: [caht]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("notify.alarms")
                .hasMessageContaining("\"caht\" is no target");
    }

    @Test
    void aHeartbeatHasAnUrlAndATime() throws IOException {
        assertThat(three("").heartbeat()).isNull();
        var heartbeat = three("  heartbeat: { url: https://hc.example/1 }").heartbeat();
        assertThat(Objects.requireNonNull(heartbeat).every()).isEqualTo(Duration.ofMinutes(1));
        assertThatThrownBy(() -> three("  heartbeat: { url: 'hc.example' }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("notify.heartbeat.url");
        assertThatThrownBy(() -> three("  heartbeat: { url: https://hc.example/1, every: 1s }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("notify.heartbeat.every");
    }
}
