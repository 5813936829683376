package dev.tocsin.standalone.command;

import dev.tocsin.standalone.topic.Bootstrap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "admin",
        description = "The cluster.",
        mixinStandardHelpOptions = true,
        subcommands = AdminCommand.BootstrapCommand.class)
public final class AdminCommand {
    @Command(
            name = "bootstrap",
            description = "Create the topics and register the schemas.",
            mixinStandardHelpOptions = true)
    static final class BootstrapCommand implements Callable<Integer> {
        @Mixin ConfigOption config = new ConfigOption();

        @Option(
                names = "--partitions",
                defaultValue = "" + Bootstrap.LANES,
                description = "Of the topics the engine joins; ${DEFAULT-VALUE} if not given.")
        int partitions = Bootstrap.LANES;

        @Override
        public Integer call() throws Exception {
            Bootstrap.run(config.kafka(), partitions);
            System.out.println("topics and schemas are in place");
            return 0;
        }
    }
}
