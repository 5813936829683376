package dev.tocsin.notifier.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.What;
import dev.tocsin.schemas.IncidentEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/// A message as JSON. Of one conversation: what happened, the fields of the newest event by its Avro schema, times as ISO 8601, and why the target is
/// told. It has [Room#BYTES_AT_MOST] bytes at most: texts that are too long end with `…`, and `omitted` counts what lists and maps have left out.
public final class MessageJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Room room;
    private final Map<String, Integer> omitted = new TreeMap<>();

    /// Checks that are named.
    private int named;

    private MessageJson(Room room) {
        this.room = room;
    }

    public static byte[] bytes(Message message) {
        byte[] bytes = {};
        for (var room : Room.EACH) {
            bytes = new MessageJson(room).write(message);
            if (bytes.length <= Room.BYTES_AT_MOST) {
                break;
            }
        }
        return bytes;
    }

    /// An event as it is on `incidents`, all of it.
    public static byte[] listed(IncidentEvent event) {
        var type = event.getType().name().toLowerCase(Locale.ROOT);
        var json = new MessageJson(Room.ENDLESS);
        return bytes(json.root("incident." + type, event.getAt(), "listed", json.object(event)));
    }

    private byte[] write(Message message) {
        var root =
                switch (message) {
                    case Message.One one -> one(one);
                    case Message.Digest digest -> digest(digest);
                };
        if (!omitted.isEmpty()) {
            var counts = root.putObject("omitted");
            omitted.forEach(counts::put);
        }
        return bytes(root);
    }

    private ObjectNode root(String type, Instant at, String reason, ObjectNode data) {
        var root = JSON.createObjectNode();
        root.put("type", type);
        root.put("timestamp", at.toString());
        root.put("notification_reason", room.text(reason));
        root.set("data", data);
        return root;
    }

    /// By way of a text: half of a surrogate pair becomes a question mark, where Jackson writes no bytes of it at all.
    private static byte[] bytes(ObjectNode root) {
        try {
            return JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode one(Message.One message) {
        var event = message.event();
        var parts = Room.some(message.parts().named(), room.checks());
        named = parts.size();
        var root =
                root(type(message.what(), event), event.getAt(), message.reason(), object(event));
        root.put("what", word(message.what()));
        if (message.parts().joined() > 0) {
            var yours = root.putObject("yours");
            yours.put("joined", message.parts().joined());
            yours.put("open", message.parts().open());
            var incidents = yours.putArray("incidents");
            for (var part : parts) {
                incidents
                        .addObject()
                        .put("incident_id", room.id(part.incidentId()))
                        .put("name", room.text(part.name()))
                        .put("kind", part.kind().name())
                        .put("open", part.open());
            }
        }
        if (!message.notes().isEmpty()) {
            put(root, "notes", message.notes().texts(), message.notes().size());
        }
        return root;
    }

    private ObjectNode digest(Message.Digest digest) {
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
        var incidents = data.putArray("incidents");
        for (var one : Room.some(digest.named(), room.checks())) {
            var event = one.event();
            incidents
                    .addObject()
                    .put("incident_id", room.id(event.getIncidentId()))
                    .put("name", room.text(event.getName()))
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

    private static String type(What what, IncidentEvent event) {
        return switch (event.getKind()) {
            case DELIVERY_FAILING -> event.getOpen() ? "delivery.failing" : "delivery.recovered";
            case TEST -> "test." + type(what);
            default -> "incident." + type(what);
        };
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

    private ObjectNode object(IndexedRecord rec) {
        var object = JSON.createObjectNode();
        for (Schema.Field field : rec.getSchema().getFields()) {
            var value = rec.get(field.pos());
            if (value instanceof List<?> list) {
                put(object, field.name(), list, count(rec, field.name(), list));
            } else {
                put(object, field.name(), value);
            }
        }
        return object;
    }

    /// How many there are, where a list is some of them.
    private static int count(IndexedRecord rec, String name, List<?> list) {
        var field = rec.getSchema().getField(name + "_count");
        return field != null && rec.get(field.pos()) instanceof Integer count
                ? Math.max(count, list.size())
                : list.size();
    }

    private void put(ObjectNode object, String name, @Nullable Object value) {
        switch (value) {
            case null -> object.putNull(name);
            case IndexedRecord nested -> object.set(name, object(nested));
            case Map<?, ?> map -> labels(object.putObject(name), name, map);
            case Boolean b -> object.put(name, b);
            case Integer i -> object.put(name, i);
            case Long l -> object.put(name, l);
            default -> object.put(name, text(name, value));
        }
    }

    private String text(String name, Object value) {
        return name.endsWith("_id") || name.equals("key")
                ? room.id(value.toString())
                : room.text(value.toString());
    }

    private void put(ObjectNode object, String name, List<?> list, int count) {
        var child = object.putArray(name);
        int most = name.equals("children") ? room.checks() - named : room.items();
        for (var item : Room.some(list, most)) {
            if (item instanceof IndexedRecord nested) {
                child.add(object(nested));
            } else {
                child.add(room.text(item.toString()));
            }
        }
        omit(name, count - child.size());
    }

    /// What would be another's name once it was clipped is left out.
    private void labels(ObjectNode child, String name, Map<?, ?> map) {
        for (var label : map.entrySet()) {
            if (child.size() < room.items() && label.getKey().toString().length() <= room.text()) {
                put(child, label.getKey().toString(), label.getValue());
            }
        }
        omit(name, map.size() - child.size());
    }

    private void omit(String name, int count) {
        if (count > 0) {
            omitted.merge(name, count, Integer::sum);
        }
    }
}
