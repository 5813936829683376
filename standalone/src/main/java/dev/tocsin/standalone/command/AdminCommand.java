package dev.tocsin.standalone.command;

import dev.tocsin.standalone.topic.Bootstrap;
import dev.tocsin.standalone.topic.Difference.Fate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "admin",
        description = "The cluster.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AdminCommand.BootstrapCommand.class,
            CarryCommand.class,
            RegistryCommands.class,
            DlqCommand.class
        })
public final class AdminCommand {
    @Command(
            name = "bootstrap",
            description =
                    "Create the topics and register the schemas; show what topics that are there have otherwise, and with --repair mend it.",
            mixinStandardHelpOptions = true)
    static final class BootstrapCommand implements Callable<Integer> {
        @Mixin ClientOption config = new ClientOption();

        @Option(
                names = "--partitions",
                converter = OptionTypes.Count.class,
                defaultValue = "" + Bootstrap.LANES,
                description = "Of the topics the engine joins; ${DEFAULT-VALUE} if not given.")
        int partitions = Bootstrap.LANES;

        @Option(names = "--repair", description = "Mend what is otherwise, as far as Kafka can.")
        boolean repair;

        @Override
        public Integer call() throws Exception {
            var differences = Bootstrap.run(config.kafka(), partitions, repair);
            differences.forEach(difference -> System.out.println(difference.line()));
            if (differences.stream().anyMatch(difference -> difference.fate() == Fate.WRONG)) {
                System.err.println(
                        repair
                                ? "what must be otherwise is for whoever runs Kafka to mend"
                                : "what must be otherwise: --repair mends it as far as Kafka can");
                return Exit.BAD;
            }
            System.out.println("topics and schemas are in place");
            return 0;
        }
    }
}
