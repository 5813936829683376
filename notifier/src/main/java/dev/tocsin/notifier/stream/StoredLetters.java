package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.Conversation;
import dev.tocsin.notifier.mailbox.Letters;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Part;
import java.util.ArrayList;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// A target's mailbox in the task's stores. Keys are the target, a zero, and what is kept: `l`, `c` and a conversation, or `p`, an outage, a zero and an
/// incident.
record StoredLetters(String target, KeyValueStore<String, byte[]> store, MailboxCodec codec)
        implements Letters {
    static final char END = '\0';
    static final char LINE = 'l';
    static final char CONVERSATION = 'c';
    private static final char PART = 'p';

    private String key(char kind, String rest) {
        return target + END + kind + rest;
    }

    @Override
    public @Nullable Conversation get(String id) {
        var bytes = store.get(key(CONVERSATION, id));
        return bytes == null ? null : codec.conversation(id, bytes);
    }

    @Override
    public void put(Conversation conversation) {
        store.put(key(CONVERSATION, conversation.id()), codec.encode(conversation));
    }

    @Override
    public void remove(String id) {
        store.delete(key(CONVERSATION, id));
        var parts = new ArrayList<String>();
        try (var all =
                store.prefixScan(
                        key(PART, id + END),
                        new org.apache.kafka.common.serialization.StringSerializer())) {
            all.forEachRemaining(part -> parts.add(part.key));
        }
        parts.forEach(store::delete);
    }

    @Override
    public @Nullable Part part(String outage, String incident) {
        return MailboxCodec.part(store.get(key(PART, outage + END + incident)));
    }

    @Override
    public void put(String outage, Part part) {
        store.put(key(PART, outage + END + part.incidentId()), MailboxCodec.encode(part));
    }

    @Override
    public void put(Line line) {
        store.put(key(LINE, ""), MailboxCodec.encode(line));
    }
}
