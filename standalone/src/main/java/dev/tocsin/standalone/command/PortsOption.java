package dev.tocsin.standalone.command;

import dev.tocsin.standalone.embedded.Ports;
import picocli.CommandLine.Option;

/// `--port-base`, for every command that starts the embedded cluster.
public final class PortsOption {
    @Option(
            names = "--port-base",
            defaultValue = "0",
            description = "Ports in a row from here on, instead of 9092, 8081 and 8080.")
    int base;

    /// @throws dev.tocsin.service.ConfigException when one of them is taken
    public Ports free() {
        return Ports.from(base).requireFree();
    }
}
