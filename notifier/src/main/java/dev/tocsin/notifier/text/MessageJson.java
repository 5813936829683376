package dev.tocsin.notifier.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.What;
import dev.tocsin.schemas.IncidentEvent;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/// A message as JSON. Of one conversation: what happened, the fields of the newest event by its Avro schema, times as ISO 8601, and why the target is
/// told.
public final class MessageJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private MessageJson() {}

    public static byte[] bytes(Message message) {
        return bytes(
                switch (message) {
                    case Message.One one -> one(one);
                    case Message.Digest digest -> digest(digest);
                });
    }

    /// An event as it is on `incidents`.
    public static byte[] listed(IncidentEvent event) {
        return bytes(
                root(
                        event.getType().name().toLowerCase(Locale.ROOT),
                        event.getAt(),
                        "listed",
                        object(event)));
    }

    private static ObjectNode root(String type, Instant at, String reason, ObjectNode data) {
        var root = JSON.createObjectNode();
        root.put("type", "incident." + type);
        root.put("timestamp", at.toString());
        root.put("notification_reason", reason);
        root.set("data", data);
        return root;
    }

    private static byte[] bytes(ObjectNode root) {
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode one(Message.One message) {
        var root =
                root(
                        type(message.what()),
                        message.event().getAt(),
                        message.reason(),
                        object(message.event()));
        root.put("what", word(message.what()));
        if (message.parts().joined() > 0) {
            var yours = root.putObject("yours");
            yours.put("joined", message.parts().joined());
            yours.put("open", message.parts().open());
            var named = yours.putArray("incidents");
            for (var part : message.parts().named()) {
                named.addObject()
                        .put("incident_id", part.incidentId())
                        .put("name", part.name())
                        .put("kind", part.kind().name())
                        .put("open", part.open());
            }
        }
        if (!message.notes().isEmpty()) {
            var notes = root.putArray("notes");
            message.notes().texts().forEach(notes::add);
        }
        return root;
    }

    private static ObjectNode digest(Message.Digest digest) {
        var root = JSON.createObjectNode();
        root.put("type", "incidents.digest");
        root.put(
                "timestamp",
                digest.named().stream()
                        .map(one -> one.event().getAt())
                        .max(Comparator.naturalOrder())
                        .orElseThrow()
                        .toString());
        var data = root.putObject("data");
        data.put("incidents_count", digest.conversations());
        data.put("open", digest.open());
        data.put("severity", digest.worst().name());
        var named = data.putArray("incidents");
        for (var one : digest.named()) {
            var event = one.event();
            named.addObject()
                    .put("incident_id", event.getIncidentId())
                    .put("name", event.getName())
                    .put("what", word(one.what()))
                    .put("kind", event.getKind().name())
                    .put("severity", event.getSeverity().name())
                    .put("open", event.getOpen())
                    .put("started_at", event.getStartedAt().toString());
        }
        return root;
    }

    private static String word(What what) {
        return what.name().toLowerCase(Locale.ROOT);
    }

    /// As the types of events are called.
    private static String type(What what) {
        return switch (what) {
            case MISSED -> "closed";
            case FLAPPING -> "flapping_started";
            case SETTLED -> "flapping_stopped";
            case NOTE -> "annotated";
            case WORSE, CHANGED, NOTHING -> "updated";
            case OPENED,
                    REOPENED,
                    CLOSED,
                    ACKNOWLEDGED,
                    UNACKNOWLEDGED,
                    SNOOZED,
                    SUPPRESSED,
                    UNSUPPRESSED ->
                    word(what);
        };
    }

    private static ObjectNode object(IndexedRecord rec) {
        var object = JSON.createObjectNode();
        for (Schema.Field field : rec.getSchema().getFields()) {
            put(object, field.name(), rec.get(field.pos()));
        }
        return object;
    }

    private static void put(ObjectNode object, String name, @Nullable Object value) {
        switch (value) {
            case null -> object.putNull(name);
            case IndexedRecord nested -> object.set(name, object(nested));
            case java.util.Map<?, ?> map -> {
                var child = object.putObject(name);
                map.forEach((key, v) -> put(child, key.toString(), v));
            }
            case java.util.List<?> list -> {
                var child = object.putArray(name);
                list.forEach(v -> add(child, v));
            }
            case Boolean b -> object.put(name, b);
            case Integer i -> object.put(name, i);
            case Long l -> object.put(name, l);
            default -> object.put(name, value.toString());
        }
    }

    private static void add(ArrayNode array, Object value) {
        if (value instanceof IndexedRecord nested) {
            array.add(object(nested));
        } else {
            array.add(value.toString());
        }
    }
}
