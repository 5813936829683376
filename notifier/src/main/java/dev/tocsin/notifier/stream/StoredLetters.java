package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.Begun;
import dev.tocsin.notifier.mailbox.Conversation;
import dev.tocsin.notifier.mailbox.Letters;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// A target's mailbox in the task's stores. Keys are the target, a zero, and what is kept: `l`, `c` and a conversation, `m` and a conversation
/// for the message of it that was begun last, or `p`, an outage, a zero and an incident.
///
/// @param recent conversations as they are in the store, so that what is taken in, sent and told in one go is read and unpacked once; of the task
record StoredLetters(
        String target,
        KeyValueStore<String, byte[]> store,
        MailboxCodec codec,
        Map<String, Conversation> recent)
        implements Letters {
    /// Of those: some 10 MB, and no more than a few times that.
    private static final int RECENT = 2048;

    private static final int SMALL = 16 * 1024;

    static final char END = '\0';
    static final char LINE = 'l';
    static final char CONVERSATION = 'c';

    /// After the conversations in the order of keys, for it is judged by them.
    static final char MESSAGE = 'm';

    private static final char PART = 'p';

    static Map<String, Conversation> noneYet() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Conversation> eldest) {
                return size() > RECENT;
            }
        };
    }

    private String key(char kind, String rest) {
        return target + END + kind + rest;
    }

    @Override
    public @Nullable Conversation get(String id) {
        var key = key(CONVERSATION, id);
        var known = recent.get(key);
        if (known != null) {
            return known;
        }
        var bytes = store.get(key);
        if (bytes == null) {
            return null;
        }
        var kept = codec.conversation(id, bytes);
        if (bytes.length <= SMALL) {
            recent.put(key, kept);
        }
        return kept;
    }

    @Override
    public void put(Conversation conversation) {
        var key = key(CONVERSATION, conversation.id());
        var bytes = codec.encode(conversation);
        store.put(key, bytes);
        if (bytes.length <= SMALL) {
            recent.put(key, conversation);
        } else {
            recent.remove(key);
        }
    }

    @Override
    public void remove(String id) {
        var key = key(CONVERSATION, id);
        store.delete(key);
        recent.remove(key);
        over(id);
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
    public void put(Begun begun) {
        store.put(key(MESSAGE, begun.conversation()), codec.encode(begun));
    }

    @Override
    public void over(String conversation) {
        store.delete(key(MESSAGE, conversation));
    }

    @Override
    public void put(Line line) {
        store.put(key(LINE, ""), MailboxCodec.encode(line));
    }
}
