package dev.tocsin.standalone.command;

import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Durations;
import dev.tocsin.standalone.topic.Attempts;
import dev.tocsin.standalone.topic.Tells;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Sends a target a test that opens, and its end, by the notifier that sends it alerts.
@Command(
        name = "test-fire",
        description =
                "Send a target a test by the way that alerts take: one that opens, and its end.",
        mixinStandardHelpOptions = true)
public final class TestFireCommand implements Callable<Integer> {
    @Mixin ClientOption config = new ClientOption();

    @Parameters(paramLabel = "TARGET", description = "Its id under notify: in the file.")
    String target = "";

    @Option(
            names = "--within",
            paramLabel = "DURATION",
            description = "How long to wait for each of the two; 60s if not given.")
    Duration within = Duration.ofMinutes(1);

    @Override
    public Integer call() throws Exception {
        TrustedRecords.trust();
        var kafka = config.kafka();
        var targets = TargetNames.of(config, List.of(target));
        var tells = new Tells(kafka);
        var begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var id = UUID.randomUUID().toString();
        boolean heard = tell(tells, targets, event(id, true, begun), within);
        // Also where not all have heard of it: else it would stay open with those who did, or do
        // later.
        boolean ended =
                tell(tells, targets, event(id, false, begun), heard ? within : Duration.ZERO);
        if (!heard || !ended) {
            System.err.println(
                    "not taken within "
                            + Durations.words(within)
                            + "; it is tried on, and ends by itself. Where nothing was tried: does a notifier run, which has "
                            + target
                            + " in its file, and does it take messages? (tocsin deliveries --target "
                            + target
                            + ")");
        }
        return heard && ended ? 0 : Exit.BAD;
    }

    private static boolean tell(
            Tells tells, List<String> targets, IncidentEvent event, Duration patience)
            throws ExecutionException, InterruptedException {
        var deliveries = new LinkedHashMap<String, Delivery>();
        for (var one : targets) {
            deliveries.put(one, Tells.delivery(one, event, "somebody tries this target").build());
        }
        return tells.tell(deliveries, patience, made -> System.out.println(Attempts.line(made)));
    }

    private IncidentEvent event(String id, boolean open, Instant begun) {
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        @Nullable Instant ended = open ? null : now;
        return IncidentEvent.newBuilder()
                .setEventId(UUID.randomUUID().toString())
                .setIncidentId(id)
                .setSeq(open ? 1 : 2)
                .setType(open ? IncidentEventType.OPENED : IncidentEventType.CLOSED)
                .setKey("test:" + target)
                .setName("test of " + target)
                .setKind(IncidentKind.TEST)
                .setSeverity(Severity.INFO)
                .setOpen(open)
                .setReason(
                        "nothing is wrong: "
                                + System.getProperty("user.name", "somebody")
                                + " tries this target")
                .setResolution(open ? null : "recovered")
                .setStartedAt(begun)
                .setEndedAt(ended)
                .setOpenedAt(begun)
                .setClosedAt(ended)
                .setAt(now)
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(0, 0, 0, 0, 0, 0, "", ""))
                .setConfigVersion("")
                .setGrouped(true)
                .build();
    }
}
