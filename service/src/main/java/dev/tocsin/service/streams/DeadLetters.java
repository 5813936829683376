package dev.tocsin.service.streams;

import dev.tocsin.service.Clip;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/// Sets aside a record that cannot be read, with its cause. A dead letter always fits: what is too large is left out, and says so.
public final class DeadLetters {
    /// Of Kafka's default limit of a megabyte half is left for the key, the headers and what the broker adds.
    private static final int BODY_AT_MOST = 512 * 1024;

    private static final int TEXT_AT_MOST = 1000;
    private static final int STACK_AT_MOST = 8000;

    private DeadLetters() {}

    /// @param topic the record's; the sink of its dead letters has the name `<topic>-dlq`
    public static void add(
            ProcessorContext<String, byte[]> task,
            Record<String, byte[]> record,
            String topic,
            RuntimeException cause) {
        add(
                task,
                record,
                topic,
                new RecordHeaders()
                        .add(
                                "tocsin.dlq.cause",
                                bytes(Clip.to(TEXT_AT_MOST, String.valueOf(cause.getMessage())))));
    }

    /// A record that may be as good as any, but for a bug of ours: with the stack.
    static void addBug(
            ProcessorContext<String, byte[]> task,
            Record<String, byte[]> record,
            String topic,
            RuntimeException bug) {
        var stack = new StringWriter();
        bug.printStackTrace(new PrintWriter(stack));
        add(
                task,
                record,
                topic,
                new RecordHeaders()
                        .add("tocsin.dlq.cause", bytes(Clip.to(TEXT_AT_MOST, "bug: " + bug)))
                        .add("tocsin.dlq.stack", bytes(Clip.to(STACK_AT_MOST, stack.toString()))));
    }

    private static void add(
            ProcessorContext<String, byte[]> task,
            Record<String, byte[]> record,
            String topic,
            Headers why) {
        var headers = new RecordHeaders();
        var value = record.value();
        int size = value == null ? 0 : value.length;
        for (var header : record.headers()) {
            if (header.value() != null && header.value().length <= TEXT_AT_MOST) {
                headers.add(header);
            }
        }
        add(headers, "tocsin.dlq.topic", topic);
        why.forEach(headers::add);
        if (size > BODY_AT_MOST) {
            add(headers, "tocsin.dlq.body-left-out", size + " bytes");
        }
        var key = record.key();
        task.forward(
                new Record<>(
                        key == null ? null : Clip.to(TEXT_AT_MOST, key),
                        size > BODY_AT_MOST ? null : value,
                        record.timestamp(),
                        headers),
                topic + "-dlq");
    }

    private static void add(RecordHeaders headers, String name, String value) {
        headers.add(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
