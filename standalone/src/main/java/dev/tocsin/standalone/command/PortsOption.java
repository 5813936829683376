package dev.tocsin.standalone.command;

import dev.tocsin.standalone.embedded.Ports;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--port-base`, for every command that starts the embedded cluster.
public final class PortsOption {
    @Option(
            names = "--port-base",
            converter = OptionTypes.PortBase.class,
            description =
                    "Six ports in a row from here on: Kafka's two, the registry's two, health, the status page; instead of 9092, 9093, 8081, 8082, 9100 and 8080.")
    @Nullable Integer base;

    /// @throws dev.tocsin.service.ConfigException when one of them is taken
    public Ports free() {
        return ports().requireFree();
    }

    /// What another command needs to find the same, after a space; empty where it finds it so.
    public String given() {
        return base == null ? "" : " --port-base " + base;
    }

    Ports ports() {
        return base == null ? Ports.DEFAULT : Ports.from(base);
    }
}
