package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigException;
import dev.tocsin.standalone.topic.SetAside;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "dlq",
        description = {
            "What was set aside since it could not be read or worked on, by topic and cause.",
            "With --redrive what can be read now is put back into its topic, once and in its order; what is set aside again stays. Of checks, maintenance and agents nothing is: an old value would undo the newest. A record of incidents that is put back reaches all who read that topic a second time, with the same id."
        },
        mixinStandardHelpOptions = true)
final class DlqCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin ClientOption config = new ClientOption();

    @Option(names = "--topic", description = "This one alone, without the prefix and -dlq.")
    @Nullable String topic;

    @Option(names = "--redrive", description = "Put back what can be read now.")
    boolean redrive;

    @Option(
            names = "--limit",
            converter = OptionTypes.Count.class,
            defaultValue = "50",
            description = "Causes to show, the most frequent first; ${DEFAULT-VALUE} if not given.")
    int limit = 50;

    @Option(names = "--json", description = "As a line of JSON for each cause.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        var kafka = config.kafka();
        var all = new ArrayList<SetAside.Cause>();
        for (var one : topics()) {
            all.addAll(SetAside.of(kafka, one, redrive));
        }
        all.sort(Comparator.comparingLong(SetAside.Cause::count).reversed());
        for (var cause : all.subList(0, Math.min(limit, all.size()))) {
            System.out.println(json ? json(cause) : line(cause));
        }
        if (!json) {
            long count = all.stream().mapToLong(SetAside.Cause::count).sum();
            long readable = all.stream().mapToLong(SetAside.Cause::readable).sum();
            System.out.println(
                    redrive
                            ? "%d set aside, %d put back"
                                    .formatted(
                                            count,
                                            all.stream().mapToLong(SetAside.Cause::putBack).sum())
                            : "%d set aside, of which %d can be read now%s"
                                    .formatted(
                                            count,
                                            readable,
                                            readable > 0 ? " (--redrive puts them back)" : ""));
        }
        return 0;
    }

    private List<Topic<?>> topics() {
        if (topic == null) {
            return Topics.WITH_DEAD_LETTERS;
        }
        var found =
                Topics.WITH_DEAD_LETTERS.stream().filter(one -> one.name().equals(topic)).toList();
        if (found.isEmpty()) {
            throw new ConfigException(
                    "--topic: %s has no dead letters; those that have: %s"
                            .formatted(
                                    topic,
                                    Topics.WITH_DEAD_LETTERS.stream()
                                            .map(Topic::name)
                                            .collect(Collectors.joining(", "))));
        }
        return found;
    }

    private static String line(SetAside.Cause cause) {
        return "%-18s %8d  newest %s  %d can be read now%s  %s"
                .formatted(
                        cause.topic(),
                        cause.count(),
                        cause.newest(),
                        cause.readable(),
                        cause.putBack() > 0 ? ", " + cause.putBack() + " put back" : "",
                        cause.cause());
    }

    private static String json(SetAside.Cause cause) throws Exception {
        return JSON.writeValueAsString(
                JSON.createObjectNode()
                        .put("topic", cause.topic())
                        .put("cause", cause.cause())
                        .put("count", cause.count())
                        .put("newest", cause.newest().toString())
                        .put("readable", cause.readable())
                        .put("put_back", cause.putBack()));
    }
}
