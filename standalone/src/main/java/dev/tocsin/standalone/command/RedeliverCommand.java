package dev.tocsin.standalone.command;

import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigException;
import dev.tocsin.standalone.topic.Attempts;
import dev.tocsin.standalone.topic.Compacted;
import dev.tocsin.standalone.topic.OneIncident;
import dev.tocsin.standalone.topic.Tells;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Tells targets again where an incident stands: what was given up, lost by the receiver, or asked for by somebody new.
@Command(
        name = "redeliver",
        description = "Tell targets again where an incident stands.",
        mixinStandardHelpOptions = true)
public final class RedeliverCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Mixin ClientOption config = new ClientOption();

    @Parameters(paramLabel = "INCIDENT", description = "An incident's id, or its first characters.")
    String incident = "";

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description = "Whom; all that were told of it, or tried, if not given. Again for more.")
    List<String> targets = List.of();

    @Override
    public Integer call() throws Exception {
        TrustedRecords.trust();
        var kafka = config.kafka();
        var states = Compacted.read(kafka, Topics.INCIDENT_STATE);
        var event = OneIncident.named(incident, states);
        var outage = event.getOutageId();
        if (outage != null) {
            System.out.println("it is told as the outage that it is part of, " + outage);
            event = OneIncident.named(outage, states);
        }
        var told = new LinkedHashSet<String>(TargetNames.of(config, targets));
        if (told.isEmpty()) {
            var id = event.getIncidentId();
            Attempts.read(kafka, made -> made.getIncidentId().equals(id))
                    .forEach(made -> told.add(made.getTargetId()));
            var known = TargetNames.known(config);
            told.removeIf(target -> !known.isEmpty() && !known.contains(target));
        }
        if (told.isEmpty()) {
            throw new ConfigException(
                    "nobody was told of it, and nobody was tried: --target says whom to tell");
        }
        var reason = "asked for by " + System.getProperty("user.name", "somebody");
        var deliveries = new LinkedHashMap<String, Delivery>();
        for (var target : told) {
            deliveries.put(target, Tells.delivery(target, event, reason).setAgain(true).build());
        }
        boolean all =
                new Tells(kafka)
                        .tell(
                                deliveries,
                                PATIENCE,
                                made -> System.out.println(Attempts.line(made)));
        if (!all) {
            System.err.println(
                    "not all have taken it within "
                            + PATIENCE.toSeconds()
                            + " s; it is tried on. Of what is hidden (by maintenance, or a check that it depends on) nobody is told");
        }
        return all ? 0 : Exit.BAD;
    }
}
