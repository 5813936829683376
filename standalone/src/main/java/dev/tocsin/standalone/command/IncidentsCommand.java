package dev.tocsin.standalone.command;

import dev.tocsin.notifier.text.MessageJson;
import dev.tocsin.standalone.topic.IncidentFeed;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "incidents",
        description = "List incident events; --follow goes on.",
        mixinStandardHelpOptions = true)
public final class IncidentsCommand implements Callable<Integer> {
    @Mixin ClientOption config = new ClientOption();

    @Option(names = "--follow", description = "Go on with what happens.")
    boolean follow;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Override
    public Integer call() {
        IncidentFeed.read(
                config.kafka(),
                follow,
                () -> false,
                event ->
                        System.out.println(
                                json
                                        ? new String(
                                                MessageJson.listed(event), StandardCharsets.UTF_8)
                                        : IncidentFeed.line(event)));
        return 0;
    }
}
