package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.Turn;
import dev.tocsin.incident.engine.outage.Group;
import dev.tocsin.incident.engine.outage.Member;
import dev.tocsin.incident.wire.OldOutages;
import dev.tocsin.incident.wire.StateCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// What is stored of groups: an entry per member, and small ones for the rest, so that a change costs what has changed. 0.1.0
/// kept a group under its id alone.
final class OutageStore {
    /// No group id has that, see [#check].
    private static final char SEPARATOR = '\0';

    private static final String HEAD = SEPARATOR + "head";
    private static final String TURNS = SEPARATOR + "turns";
    private static final String CHILD = SEPARATOR + "child" + SEPARATOR;

    /// @param members by incident id; the map is the caller's from then on
    record Read(Group group, Map<String, Member> members) {}

    private static final class Parts {
        private Group.Head head = Group.Head.EMPTY;
        private final Map<String, Member> members = new HashMap<>();
        private List<Turn> turns = List.of();
        private final List<String> keys = new ArrayList<>();
        private int read;

        boolean isWhole() {
            return read == keys.size();
        }
    }

    private final KeyValueStore<String, byte[]> store;
    private final LeftOut leftOut;

    /// Groups of which something cannot be read, with all that is stored of them: they begin anew when something is told of them.
    private final Map<String, List<String>> unread = new HashMap<>();

    OutageStore(KeyValueStore<String, byte[]> store, LeftOut leftOut) {
        this.store = store;
        this.leftOut = leftOut;
    }

    /// Whose entry it is.
    static String group(String key) {
        int end = key.indexOf(SEPARATOR);
        return end < 0 ? key : key.substring(0, end);
    }

    /// @throws SerializationException when what is stored of the group could not be read again
    static void check(String group) {
        if (group.indexOf(SEPARATOR) >= 0) {
            throw new SerializationException("a group's id has no NUL");
        }
    }

    /// By group.
    Map<String, Read> read() {
        rewrite();
        var parts = new HashMap<String, Parts>();
        leftOut.each(
                store,
                entry -> {
                    int end = entry.key.indexOf(SEPARATOR);
                    if (end < 0) {
                        return; // of 0.1.0, and unreadable
                    }
                    var of = parts.computeIfAbsent(entry.key.substring(0, end), _ -> new Parts());
                    of.keys.add(entry.key);
                    read(entry.key.substring(end), entry.value, of);
                });
        var groups = new HashMap<String, Read>();
        parts.forEach((id, of) -> {
            if (of.isWhole()) {
                var group = Group.of(of.head, of.members.values(), of.turns);
                groups.put(id, new Read(group, of.members));
            } else {
                unread.put(id, of.keys);
            }
        });
        return groups;
    }

    private static void read(String what, byte[] value, Parts of) {
        if (what.equals(HEAD)) {
            of.head = StateCodec.decode(value, Group.Head.class);
        } else if (what.equals(TURNS)) {
            of.turns = List.of(StateCodec.decode(value, Turn[].class));
        } else {
            var member = StateCodec.decode(value, Member.class);
            of.members.put(member.child().incidentId(), member);
        }
        of.read++;
    }

    private void beginAnew(String group) {
        var keys = unread.remove(group);
        if (keys != null) {
            keys.forEach(store::delete);
        }
    }

    private void rewrite() {
        var old = new ArrayList<String>();
        try (var all = store.all()) {
            all.forEachRemaining(entry -> {
                if (entry.key.indexOf(SEPARATOR) < 0) {
                    old.add(entry.key);
                }
            });
        }
        for (var group : old) {
            leftOut.read(
                    "outages of the group " + group + " of 0.1.0",
                    () -> {
                        var read = OldOutages.read(store.get(group));
                        read.members().forEach(m -> put(group, m.child().incidentId(), m));
                        put(group, read.head());
                        put(group, read.turns());
                        store.delete(group);
                    });
        }
    }

    void put(String group, Group.Head head) {
        beginAnew(group);
        store.put(group + HEAD, StateCodec.encode(head));
    }

    void put(String group, List<Turn> turns) {
        beginAnew(group);
        store.put(group + TURNS, StateCodec.encode(turns));
    }

    /// @param member null for one to be forgotten
    void put(String group, String incidentId, @Nullable Member member) {
        beginAnew(group);
        var key = group + CHILD + incidentId;
        if (member == null) {
            store.delete(key);
        } else {
            store.put(key, StateCodec.encode(member));
        }
    }
}
