package dev.tocsin.standalone.command;

import dev.tocsin.schemas.serde.RegistryBackup;
import dev.tocsin.schemas.serde.SchemaRegistry;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "registry",
        description = "A backup of the schema registry.",
        mixinStandardHelpOptions = true,
        subcommands = {RegistryCommands.Export.class, RegistryCommands.Import.class})
final class RegistryCommands {
    @Command(
            name = "export",
            description =
                    "Save the schemas of all topics with their ids: without them nothing in the topics can be read.",
            mixinStandardHelpOptions = true)
    static final class Export implements Callable<Integer> {
        @Mixin ClientOption config = new ClientOption();

        @Parameters(paramLabel = "FILE", description = "Where to.")
        Path file = Path.of("");

        @Override
        public Integer call() throws Exception {
            var kafka = config.kafka();
            try (var registry = new SchemaRegistry(kafka.properties())) {
                System.out.println(
                        "saved " + RegistryBackup.save(registry, kafka.topicPrefix(), file));
            }
            return 0;
        }
    }

    @Command(
            name = "import",
            description =
                    "Restore what export saved, with the same ids; into a registry that has something else under one of them, nothing.",
            mixinStandardHelpOptions = true)
    static final class Import implements Callable<Integer> {
        @Mixin ClientOption config = new ClientOption();

        @Parameters(paramLabel = "FILE", description = "What export wrote.")
        Path file = Path.of("");

        @Override
        public Integer call() throws Exception {
            var kafka = config.kafka();
            try (var registry = new SchemaRegistry(kafka.properties())) {
                System.out.println("restored " + RegistryBackup.restore(registry, file));
            }
            return 0;
        }
    }
}
