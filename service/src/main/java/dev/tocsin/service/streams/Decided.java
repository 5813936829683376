package dev.tocsin.service.streams;

import dev.tocsin.service.Packer;
import dev.tocsin.service.Unpacker;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Up to which offset of each topic a processor has decided, in a store and with that in the transaction of what it decided: where offsets are set
/// back, or committed ones have expired, what lies before is history and no news. One task, one thread.
public final class Decided {
    private static final Logger LOG = LoggerFactory.getLogger(Decided.class);
    private static final byte VERSION = 1;

    private static final class Mark {
        private long offset = -1;
        private long stored = -1;
        private String id = "";
        private boolean passesOver;
    }

    private final String who;
    private final KeyValueStore<String, byte[]> store;
    private final UnaryOperator<String> topicIds;
    private final Map<String, Mark> marks = new HashMap<>();

    /// @param who of those that share the store
    /// @param topicIds Kafka's id of a topic, as it is now: of one that was made anew nothing is decided. Asked at the start, and where offsets are set back
    public Decided(
            String who, KeyValueStore<String, byte[]> store, UnaryOperator<String> topicIds) {
        this.who = who;
        this.store = store;
        this.topicIds = topicIds;
    }

    private String key(String topic) {
        return who + "/" + topic;
    }

    private Mark mark(String topic) {
        return marks.computeIfAbsent(topic, this::stored);
    }

    private Mark stored(String topic) {
        var mark = new Mark();
        mark.id = topicIds.apply(topic);
        var bytes = store.get(key(topic));
        if (bytes == null) {
            return mark;
        }
        var from = new Unpacker(bytes);
        long offset = from.number();
        if (mark.id.equals(from.text())) {
            mark.offset = offset;
            mark.stored = offset;
        } else {
            isAnother(topic);
        }
        return mark;
    }

    /// Whether anything of the topic was decided on before: if not, all that is kept begins here.
    public boolean hasDecided(String topic) {
        return mark(topic).offset >= 0;
    }

    /// Whether a record has not been decided on yet; from here on it has.
    public boolean isNew(String topic, long offset) {
        var mark = mark(topic);
        if (offset > mark.offset) {
            mark.offset = offset;
            mark.passesOver = false;
            return true;
        }
        if (!mark.passesOver) {
            var now = topicIds.apply(topic);
            if (!now.equals(mark.id)) { // made anew under the eyes of its reader
                isAnother(topic);
                mark.id = now;
                mark.offset = offset;
                mark.stored = -1;
                return true;
            }
            mark.passesOver = true;
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("from", offset)
                    .addKeyValue("to", mark.offset)
                    .log("offsets were set back: what was decided on before is passed over");
        }
        return false;
    }

    private static void isAnother(String topic) {
        LOG.atWarn()
                .addKeyValue("topic", topic)
                .log("is not the topic that was read before: it is read from its start");
    }

    /// Remembers it. What came since the last call is decided on once more where offsets are set back.
    public void store() {
        marks.forEach((topic, mark) -> {
            if (mark.offset > mark.stored) {
                store.put(
                        key(topic), new Packer(VERSION).number(mark.offset).text(mark.id).bytes());
                mark.stored = mark.offset;
            }
        });
    }
}
