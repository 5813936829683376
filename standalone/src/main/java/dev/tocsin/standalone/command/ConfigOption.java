package dev.tocsin.standalone.command;

import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `-f FILE`, for every command that reads the configuration.
public class ConfigOption {
    /// Below these, `${NAME}` is the agent's to resolve.
    private static final Set<String> VERBATIM = Set.of("checks", "defaults");

    /// The top-level keys.
    private static final Set<String> SECTIONS =
            Set.of(
                    "kafka",
                    "agent",
                    "streams",
                    "defaults",
                    "services",
                    "groups",
                    "checks",
                    "notify",
                    "status-page",
                    "admin");

    @Option(
            names = {"-f", "--file"},
            description =
                    "The configuration: a YAML file, or a folder of them; tocsin.yaml here, where there is one, if not given.")
    @Nullable Path file;

    private final Path here;

    ConfigOption() {
        this(Path.of("tocsin.yaml"));
    }

    /// @param here what is read where nothing is given
    ConfigOption(Path here) {
        this.here = here;
    }

    ConfigFile load() {
        return parse(path(), System.getenv());
    }

    /// To be looked at and not to be used; what is at the top of it is not looked at yet.
    static ConfigFile draft(Path path, Map<String, String> env) {
        return ConfigFile.draft(path, env, VERBATIM);
    }

    static void requireKnownSections(ConfigFile file) {
        file.only(SECTIONS);
    }

    /// What was given, or `tocsin.yaml` here.
    Path path() {
        return file == null ? here : file;
    }

    /// Whether one was given, or is here.
    boolean present() {
        return file != null || Files.isRegularFile(here);
    }

    /// @throws dev.tocsin.service.ConfigException naming file, line and key
    public static ConfigFile parse(Path path, Map<String, String> env) {
        return ConfigFile.load(path, env, VERBATIM).only(SECTIONS);
    }

    /// The Kafka settings of the file, or the defaults without one.
    KafkaSettings settings() {
        return present() ? KafkaSettings.from(load()) : new KafkaSettings(Map.of());
    }

    /// The same of a Kafka that answers.
    ///
    /// @throws org.apache.kafka.common.KafkaException naming its address, when it does not within seconds
    KafkaSettings kafka() {
        return settings().requireAnswer();
    }
}
