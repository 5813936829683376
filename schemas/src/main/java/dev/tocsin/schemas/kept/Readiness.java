package dev.tocsin.schemas.kept;

import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.kept.Finding.Kind;
import dev.tocsin.schemas.serde.RegistryUnavailableException;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.schemas.serde.Warming;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/// All that a service asks before it starts: its topics; whether the registry is theirs; and the ids of what it may write, since at
/// the first incident it would be too late. One thread.
public final class Readiness {
    private final KeptTopics topics;
    private final Map<String, Object> client;
    private final SchemaRegistry registry;
    private final List<Topic<?>> reads;
    private final Map<Topic<?>, Serializer<?>> writes;
    private boolean learned;

    /// @param client properties of any client
    /// @param reads topics whose records it reads
    /// @param writes with what it writes values to each topic; they know the ids then
    public Readiness(
            KeptTopics topics,
            Map<String, Object> client,
            SchemaRegistry registry,
            List<Topic<?>> reads,
            Map<Topic<?>, Serializer<?>> writes) {
        this.topics = topics;
        this.client = client;
        this.registry = registry;
        this.reads = List.copyOf(reads);
        this.writes = Map.copyOf(writes);
    }

    /// @return what is wrong
    /// @throws ExecutionException when Kafka is away
    public List<Finding> look(Admin admin) throws ExecutionException, InterruptedException {
        var wrong = topics.look(admin);
        if (!wrong.isEmpty()) {
            return wrong;
        }
        var prefix = topics.needs().prefix();
        try {
            var other = RegistryMatch.wrong(client, registry, prefix, reads);
            if (other != null) {
                return List.of(new Finding(Kind.REFUSED, other));
            }
            writes.forEach((topic, serializer) -> Warming.id(serializer, topic, prefix));
            learnRead(prefix);
            return List.of();
        } catch (RegistryUnavailableException e) {
            return List.of(new Finding(Kind.WAITS, "waiting for the registry: " + e.getMessage()));
        } catch (SerializationException e) {
            return List.of(
                    new Finding(
                            Kind.WAITS,
                            "waiting for the schemas (tocsin admin bootstrap registers them): "
                                    + e.getMessage()));
        }
    }

    /// Where nothing was written yet, nothing has been read: a registry that goes away before the first record is not to hold that up.
    private void learnRead(String prefix) {
        if (!learned) {
            reads.forEach(topic -> registry.schema(registry.latest(topic.subject(prefix))));
            learned = true;
        }
    }
}
