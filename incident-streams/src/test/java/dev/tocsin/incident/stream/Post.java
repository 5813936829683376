package dev.tocsin.incident.stream;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;

/// An outbox that keeps what was put into it.
final class Post {
    static {
        TrustedRecords.trust();
    }

    final List<IncidentEvent> events = new ArrayList<>();
    final List<Signal> signals = new ArrayList<>();
    long bytes;
    int largest;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Counters counters = new Counters(metrics, new Health());
    final LeftOut leftOut = new LeftOut(counters);
    final Outbox outbox =
            new Outbox(
                    "",
                    "signals-sink",
                    (topic, event) -> {
                        if (topic.equals("incidents")) {
                            events.add(event);
                        }
                        return count(event::toByteBuffer);
                    },
                    (_, signal) -> {
                        signals.add(signal);
                        return count(signal::toByteBuffer);
                    },
                    counters);

    private byte[] count(Plain.Encoded encoded) {
        var encodedBytes = Plain.bytes(encoded);
        bytes += encodedBytes.length;
        largest = Math.max(largest, encodedBytes.length);
        return encodedBytes;
    }
}
