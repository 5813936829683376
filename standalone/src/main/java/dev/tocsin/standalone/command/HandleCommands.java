package dev.tocsin.standalone.command;

import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.CommandKind;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.PublicText;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.TopicReader;
import dev.tocsin.standalone.topic.Compacted;
import dev.tocsin.standalone.topic.IncidentFeed;
import dev.tocsin.standalone.topic.OneIncident;
import dev.tocsin.standalone.topic.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the people on call say of an incident. Each command goes to `incident-commands`, and is answered by an event or, with the reason, by a dead
/// letter. Said of an outage, it goes to each of its parts that is open; a note goes to the outage itself.
public final class HandleCommands {
    /// A command that nobody has answered by then is not lost: it is in the topic, and is followed later.
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private HandleCommands() {}

    abstract static class Handle implements Callable<Integer> {
        @Mixin ClientOption config = new ClientOption();

        @Parameters(
                index = "0",
                paramLabel = "INCIDENT",
                description =
                        "Its id, or the beginning of it, as incidents shows it; a check's id for its newest one.")
        String incident = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                converter = OptionTypes.PlainOrNone.class,
                paramLabel = "TEXT",
                description = "What you have to say to it, in a line.")
        String text = "";

        @Option(
                names = "--by",
                converter = OptionTypes.Plain.class,
                paramLabel = "NAME",
                description = "Who says so; the login name if not given.")
        String author = System.getProperty("user.name", "");

        @Option(
                names = "--id",
                paramLabel = "ID",
                description = "Of the command: said twice under one id, it counts once.")
        String id = UUID.randomUUID().toString();

        private final CommandKind kind;

        Handle(CommandKind kind) {
            this.kind = kind;
        }

        @Nullable Instant until() {
            return null;
        }

        /// @throws ConfigException for what is nothing for the public
        @Nullable String publicText() {
            return null;
        }

        @Override
        public Integer call() throws Exception {
            var publicText = publicText();
            if (kind == CommandKind.ANNOTATE && text.isBlank() && publicText == null) {
                throw new ConfigException("TEXT: a note needs some, or --public");
            }
            TrustedRecords.trust();
            var kafka = config.kafka();
            var commands = new LinkedHashMap<String, Command>();
            var states = Compacted.read(kafka, Topics.INCIDENT_STATE);
            var named = OneIncident.named(incident, states);
            boolean ofOutage =
                    kind == CommandKind.ANNOTATE && named.getKind() == IncidentKind.OUTAGE;
            (ofOutage
                            ? Map.of(named.getKey(), named.getIncidentId())
                            : OneIncident.parts(named, states))
                    .forEach((key, part) ->
                            commands.put(
                                    key,
                                    Command.newBuilder()
                                            .setCommandId(id + "/" + part)
                                            .setKind(kind)
                                            .setIncidentId(part)
                                            .setAuthor(author)
                                            .setAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                                            .setText(text)
                                            .setUntil(until())
                                            .setPublicText(publicText)
                                            .build()));
            return tell(kafka, commands);
        }
    }

    @picocli.CommandLine.Command(
            name = "ack",
            description = "Say that you are at it.",
            mixinStandardHelpOptions = true)
    public static final class Ack extends Handle {
        Ack() {
            super(CommandKind.ACK);
        }
    }

    @picocli.CommandLine.Command(
            name = "unack",
            description = "Take an acknowledgement back.",
            mixinStandardHelpOptions = true)
    public static final class Unack extends Handle {
        Unack() {
            super(CommandKind.UNACK);
        }
    }

    @picocli.CommandLine.Command(
            name = "snooze",
            description = "Tell nobody new of it for a while; its end is told all the same.",
            mixinStandardHelpOptions = true)
    public static final class Snooze extends Handle {
        @Option(
                names = "--for",
                required = true,
                paramLabel = "DURATION",
                description = "How long, e.g. 2h.")
        Duration lasting = Duration.ZERO;

        Snooze() {
            super(CommandKind.SNOOZE);
        }

        @Override
        Instant until() {
            return Instant.now().plus(lasting).truncatedTo(ChronoUnit.MILLIS);
        }
    }

    @picocli.CommandLine.Command(
            name = "close",
            description = "Close what cannot close by itself, since nothing is heard any more.",
            mixinStandardHelpOptions = true)
    public static final class Close extends Handle {
        Close() {
            super(CommandKind.CLOSE);
        }
    }

    @picocli.CommandLine.Command(
            name = "annotate",
            description = "Put a note on it, for all who were told; of an outage, too.",
            mixinStandardHelpOptions = true)
    public static final class Annotate extends Handle {
        @Option(
                names = "--public",
                paramLabel = "TEXT",
                description =
                        "What the status page is to say of it, in one line; nothing else that you write is public.")
        @Nullable String publicText;

        Annotate() {
            super(CommandKind.ANNOTATE);
        }

        @Override
        @Nullable String publicText() {
            if (publicText != null) {
                try {
                    PublicText.check(publicText);
                } catch (IllegalArgumentException e) {
                    throw new ConfigException("--public: " + e.getMessage());
                }
            }
            return publicText;
        }
    }

    /// Sends, and prints each answer.
    private static int tell(KafkaSettings kafka, Map<String, Command> commands) throws Exception {
        var incidents = Topics.INCIDENTS.named(kafka.topicPrefix());
        var refused = Topics.INCIDENT_COMMANDS.deadLetters(kafka.topicPrefix());
        var waiting = new HashSet<String>();
        commands.values().forEach(command -> waiting.add(command.getCommandId()));
        var refusals = new TreeMap<String, Integer>();
        try (var events = AvroSerdes.deserializer(kafka.properties(), IncidentEvent.class);
                var letters = AvroSerdes.deserializer(kafka.properties(), Command.class);
                var reader =
                        new TopicReader(
                                kafka, List.of(incidents, refused), Duration.ofSeconds(30))) {
            TopicWriter.write(kafka, Topics.INCIDENT_COMMANDS, commands);
            var end = Instant.now().plus(ANSWER);
            while (!waiting.isEmpty() && Instant.now().isBefore(end)) {
                int before = waiting.size();
                for (var record : reader.poll(Duration.ofMillis(200))) {
                    if (record.topic().equals(incidents)) {
                        var event = read(events, record);
                        if (event != null && waiting.remove(event.getCommandId())) {
                            System.out.println(IncidentFeed.line(event));
                        }
                    } else {
                        var command = read(letters, record);
                        if (command != null && waiting.remove(command.getCommandId())) {
                            refusals.merge(cause(record), 1, Integer::sum);
                        }
                    }
                }
                if (waiting.size() < before) {
                    end = Instant.now().plus(ANSWER);
                }
            }
        }
        refusals.forEach((why, times) ->
                System.err.println(
                        "refused" + (times > 1 ? " " + times + " times" : "") + ": " + why));
        if (!waiting.isEmpty()) {
            System.err.println(
                    "sent, but "
                            + waiting.size()
                            + " of "
                            + commands.size()
                            + " not answered within "
                            + ANSWER.toSeconds()
                            + " s: it is followed when incident-streams runs again; said again with --id "
                            + commands.values()
                                    .iterator()
                                    .next()
                                    .getCommandId()
                                    .replaceFirst("/.*", "")
                            + " it counts once, and during an upgrade from a version that knows no notes on outages it has to be");
        }
        return !refusals.isEmpty() || !waiting.isEmpty() ? Exit.BAD : 0;
    }

    private static <T> @Nullable T read(
            Deserializer<T> avro, ConsumerRecord<String, byte[]> record) {
        try {
            return avro.deserialize(record.topic(), record.value());
        } catch (SerializationException e) {
            return null; // no answer to us, whatever it is
        }
    }

    private static String cause(ConsumerRecord<String, byte[]> record) {
        var header = record.headers().lastHeader("tocsin.dlq.cause");
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
