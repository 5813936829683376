package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.schemas.IncidentEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What happened at a target, a line each, written out only when somebody asks.
final class Chronicle {
    private final List<Supplier<String>> lines = new ArrayList<>();

    void say(Instant now, Supplier<String> what) {
        lines.add(() -> now + " " + what.get());
    }

    /// All that names it.
    String about(String id) {
        return lines.stream()
                .map(Supplier::get)
                .filter(line -> line.contains(id))
                .collect(Collectors.joining("\n"));
    }

    static String of(IncidentEvent event) {
        return "%s %s %s open=%s grouped=%s outage=%s %s %s flapping=%s by=%s"
                .formatted(
                        event.getType(),
                        event.getEventId(),
                        event.getIncidentId(),
                        event.getOpen(),
                        event.getGrouped(),
                        event.getOutageId(),
                        event.getSeverity(),
                        event.getKind(),
                        event.getFlapping(),
                        event.getSuppressedBy());
    }

    static String of(Sending sending) {
        return sending.message().id().substring(0, 8)
                + (sending.message() instanceof Message.One one ? " " + one.what() : " DIGEST")
                + " try "
                + sending.attempt()
                + " "
                + sending.carried().stream()
                        .map(carried ->
                                carried.conversation()
                                        + "("
                                        + carried.eventId()
                                        + " open="
                                        + carried.said().open()
                                        + " "
                                        + carried.said().severity()
                                        + " parts="
                                        + carried.said().openParts()
                                        + ")")
                        .toList();
    }
}
