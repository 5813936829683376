package dev.tocsin.standalone.command;

import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.embedded.Ports;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `-f FILE` and `--port-base`, for every command that speaks to a pipeline which runs somewhere.
final class ClientOption extends ConfigOption {
    @Option(
            names = "--port-base",
            converter = OptionTypes.PortBase.class,
            description =
                    "Of an up or a demo that runs here: its Kafka and registry, whatever kafka: in the file says.")
    @Nullable Integer base;

    @Override
    KafkaSettings settings() {
        return base == null ? super.settings() : Ports.from(base).settings();
    }

    /// Where what is in the file goes.
    KafkaSettings kafka(ConfigFile loaded) {
        return base == null ? KafkaSettings.from(loaded) : Ports.from(base).settings();
    }
}
