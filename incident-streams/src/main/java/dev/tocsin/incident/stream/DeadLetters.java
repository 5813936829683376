package dev.tocsin.incident.stream;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/// Sets aside a record that cannot be read, with its cause.
public final class DeadLetters {
    private DeadLetters() {}

    /// @param topic the record's; the sink of its dead letters has the name `<topic>-dlq`
    static void add(
            ProcessorContext<String, byte[]> task,
            Record<String, byte[]> record,
            String topic,
            RuntimeException cause) {
        var headers = new RecordHeaders(record.headers());
        headers.add("tocsin.dlq.topic", topic.getBytes(StandardCharsets.UTF_8));
        headers.add(
                "tocsin.dlq.cause",
                String.valueOf(cause.getMessage()).getBytes(StandardCharsets.UTF_8));
        task.forward(
                new Record<>(record.key(), record.value(), record.timestamp(), headers),
                topic + "-dlq");
    }
}
