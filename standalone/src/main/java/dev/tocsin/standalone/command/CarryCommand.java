package dev.tocsin.standalone.command;

import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.standalone.carry.Carry;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "carry",
        description = {
            "Take along what is known under another prefix to topics with more partitions: open incidents, whom they were told to, checks, maintenance.",
            "Stop all services first, and bootstrap the prefix of the configuration. Nothing is changed under the other one."
        },
        mixinStandardHelpOptions = true)
final class CarryCommand implements Callable<Integer> {
    @Mixin ClientOption config = new ClientOption();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "PREFIX",
            description = "The topic.prefix of before.")
    String from = "";

    @Override
    public Integer call() throws Exception {
        TrustedRecords.trust();
        var carried = Carry.run(config.kafka(), from);
        carried.forEach(one -> System.out.println(one.line()));
        System.out.println("carried; start the services on the new prefix");
        return 0;
    }
}
