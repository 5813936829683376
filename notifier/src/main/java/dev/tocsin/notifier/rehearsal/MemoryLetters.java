package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Begun;
import dev.tocsin.notifier.mailbox.Conversation;
import dev.tocsin.notifier.mailbox.Letters;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Mailbox;
import dev.tocsin.notifier.mailbox.Part;
import dev.tocsin.notifier.mailbox.Policy;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Letters on the heap.
public final class MemoryLetters implements Letters {
    public final Map<String, Conversation> conversations = new TreeMap<>();
    public final Map<List<String>, Part> parts = new HashMap<>();
    public final Map<String, Begun> begun = new TreeMap<>();
    public Line line = Line.GOOD;

    /// As it is now.
    public MemoryLetters copy() {
        var copy = new MemoryLetters();
        copy.conversations.putAll(conversations);
        copy.parts.putAll(parts);
        copy.begun.putAll(begun);
        copy.line = line;
        return copy;
    }

    /// Of what is kept, by whoever has the target from now on.
    public Mailbox recalled(String target, Policy policy, Instant now) {
        var mailbox = new Mailbox(target, this, line, policy);
        mailbox.recall(now);
        List.copyOf(conversations.values()).forEach(one -> mailbox.recall(one, now));
        List.copyOf(begun.values()).forEach(one -> mailbox.recall(one, now));
        return mailbox;
    }

    @Override
    public @Nullable Conversation get(String id) {
        return conversations.get(id);
    }

    @Override
    public void put(Conversation conversation) {
        conversations.put(conversation.id(), conversation);
    }

    @Override
    public void remove(String id) {
        conversations.remove(id);
        begun.remove(id);
        parts.keySet().removeIf(key -> key.getFirst().equals(id));
    }

    @Override
    public @Nullable Part part(String outage, String incident) {
        return parts.get(List.of(outage, incident));
    }

    @Override
    public void put(String outage, Part part) {
        parts.put(List.of(outage, part.incidentId()), part);
    }

    @Override
    public void put(Begun one) {
        begun.put(one.conversation(), one);
    }

    @Override
    public void over(String conversation) {
        begun.remove(conversation);
    }

    @Override
    public void put(Line next) {
        line = next;
    }
}
