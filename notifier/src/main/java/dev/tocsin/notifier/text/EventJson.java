package dev.tocsin.notifier.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.schemas.IncidentEvent;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/// An event as JSON: the fields of its Avro schema, times as ISO 8601, and why the target is told.
public final class EventJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EventJson() {}

    public static byte[] bytes(IncidentEvent event, String reason) {
        var root = JSON.createObjectNode();
        root.put("type", "incident." + event.getType().name().toLowerCase(java.util.Locale.ROOT));
        root.put("timestamp", event.getAt().toString());
        root.put("notification_reason", reason);
        root.set("data", object(event));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
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
