package dev.tocsin.incident.stream;

import dev.tocsin.incident.wire.Ballot;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.UserReport;
import dev.tocsin.schemas.serde.AvroSerdes;
import dev.tocsin.schemas.serde.SchemaRegistry;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/// How the topology reads and writes values: fresh readers for each task, since they are not thread-safe; the writers are, and are shared, so that
/// what one knows of the registry all know.
///
/// @param schemas of results, by id; thread-safe, and throws [dev.tocsin.schemas.serde.RegistryUnavailableException] when it
///     cannot be asked
public record Formats(
        IntFunction<Schema> schemas,
        Supplier<Deserializer<CheckDefinition>> definitions,
        Supplier<Deserializer<MaintenanceWindow>> windows,
        Supplier<Deserializer<AgentStatus>> agents,
        Supplier<Deserializer<UserReport>> reports,
        Supplier<Deserializer<Signal>> signals,
        Supplier<Deserializer<Command>> commands,
        Serializer<Signal> signalWriter,
        Serializer<IncidentEvent> eventWriter) {
    /// Ours have 64 kB at most.
    private static final int SIGNAL_AT_MOST = 256 * 1024;

    public Formats {
        var any = signals;
        signals = () -> fitting(any.get());
    }

    /// What is larger could not be kept, as one that waits is, and would be met again for ever.
    private static Deserializer<Signal> fitting(Deserializer<Signal> any) {
        return (topic, bytes) -> {
            if (bytes != null && bytes.length > SIGNAL_AT_MOST) {
                throw new SerializationException(
                        bytes.length + " bytes are too large: a signal has 64 kB at most");
            }
            return any.deserialize(topic, bytes);
        };
    }

    /// Avro.
    ///
    /// @param registry for results
    /// @param serdes configs of all others
    public static Formats avro(SchemaRegistry registry, Map<String, ?> serdes) {
        return new Formats(
                id -> registry.schema(id, Ballot::isResult),
                () -> AvroSerdes.deserializer(serdes, CheckDefinition.class),
                () -> AvroSerdes.deserializer(serdes, MaintenanceWindow.class),
                () -> AvroSerdes.deserializer(serdes, AgentStatus.class),
                () -> AvroSerdes.deserializer(serdes, UserReport.class),
                () -> AvroSerdes.deserializer(serdes, Signal.class),
                () -> AvroSerdes.deserializer(serdes, Command.class),
                AvroSerdes.serializer(serdes),
                AvroSerdes.serializer(serdes));
    }
}
