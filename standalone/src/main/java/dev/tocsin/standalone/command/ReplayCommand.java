package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.incident.partition.Replay;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigException;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.Compacted;
import dev.tocsin.standalone.topic.IncidentFeed;
import dev.tocsin.standalone.topic.Results;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What if: recorded results through the same engine under a file's thresholds. Nothing is written anywhere.
@Command(
        name = "replay",
        description =
                "Which incidents the checks of a file would have opened over what was measured, beside those that there were.",
        mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin ClientOption config = new ClientOption();

    @Option(
            names = "--back",
            paramLabel = "DURATION",
            defaultValue = "24h",
            description =
                    "How far back; ${DEFAULT-VALUE} if not given. check-results keeps 7 days.")
    Duration back = Duration.ofDays(1);

    @Option(names = "--check", paramLabel = "ID", description = "This check alone.")
    @Nullable String only;

    @Option(names = "--json", description = "One JSON object a check.")
    boolean json;

    @Override
    public Integer call() {
        var file = config.load();
        var kafka = config.kafka();
        var maintenance = Compacted.read(kafka, Topics.MAINTENANCE).values();
        var replays = new TreeMap<String, Replay>();
        var applied = new TreeMap<String, CheckDefinition>();
        new Applied(file).checks().forEach(check -> applied.put(check.getCheckId(), check));
        applied.forEach((id, check) -> {
            if (only == null || only.equals(id)) {
                replays.put(id, new Replay(check, maintenance));
            }
        });
        if (replays.isEmpty()) {
            throw new ConfigException(
                    only == null
                            ? "the file holds no check"
                            : "no check \""
                                    + only
                                    + "\" in the file"
                                    + Near.to(only, applied.keySet()));
        }
        var since = Instant.now().minus(back);
        Results.read(
                kafka,
                back,
                (result, appended) -> {
                    var replay = replays.get(result.getCheckId());
                    if (replay != null) {
                        replay.result(result, appended);
                    }
                });
        var now = Instant.now();
        replays.values().forEach(replay -> replay.tick(now));
        var real = new TreeMap<String, Integer>();
        IncidentFeed.read(
                kafka,
                false,
                () -> false,
                event -> {
                    if (event.getCheckId() != null
                            && opens(event)
                            && !event.getAt().isBefore(since)) {
                        real.merge(event.getCheckId(), 1, Integer::sum);
                    }
                });
        if (!json) {
            replays.values().stream()
                    .flatMap(replay -> replay.events().stream())
                    .sorted(Comparator.comparing(IncidentEvent::getAt))
                    .forEach(event -> System.out.println(IncidentFeed.line(event)));
        }
        replays.forEach((check, replay) -> print(check, replay, real.getOrDefault(check, 0)));
        return 0;
    }

    private static boolean opens(IncidentEvent event) {
        return event.getType() == IncidentEventType.OPENED
                || event.getType() == IncidentEventType.REOPENED;
    }

    private void print(String check, Replay replay, int real) {
        Map<String, Long> opened =
                replay.events().stream()
                        .filter(ReplayCommand::opens)
                        .collect(
                                Collectors.groupingBy(
                                        event ->
                                                event.getKind()
                                                        .name()
                                                        .toLowerCase(java.util.Locale.ROOT),
                                        TreeMap::new,
                                        Collectors.counting()));
        long count = opened.values().stream().mapToLong(Long::longValue).sum();
        if (json) {
            var object = JSON.createObjectNode();
            object.put("check", check).put("opened", count).put("opened_in_fact", real);
            object.putPOJO("kinds", opened);
            System.out.println(object);
        } else {
            System.out.printf(
                    "%s: opened %d times%s; in fact %d times%n",
                    check, count, opened.isEmpty() ? "" : " " + opened, real);
        }
    }
}
