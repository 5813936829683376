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
    }

    private final KeyValueStore<String, byte[]> store;

    OutageStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
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
        try (var all = store.all()) {
            all.forEachRemaining(entry -> {
                int end = entry.key.indexOf(SEPARATOR);
                var of = parts.computeIfAbsent(entry.key.substring(0, end), _ -> new Parts());
                var what = entry.key.substring(end);
                if (what.equals(HEAD)) {
                    of.head = StateCodec.decode(entry.value, Group.Head.class);
                } else if (what.equals(TURNS)) {
                    of.turns = List.of(StateCodec.decode(entry.value, Turn[].class));
                } else {
                    var member = StateCodec.decode(entry.value, Member.class);
                    of.members.put(member.child().incidentId(), member);
                }
            });
        }
        var groups = new HashMap<String, Read>();
        parts.forEach((id, of) ->
                groups.put(
                        id,
                        new Read(Group.of(of.head, of.members.values(), of.turns), of.members)));
        return groups;
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
            var read = OldOutages.read(store.get(group));
            read.members().forEach(m -> put(group, m.child().incidentId(), m));
            put(group, read.head());
            put(group, read.turns());
            store.delete(group);
        }
    }

    void put(String group, Group.Head head) {
        store.put(group + HEAD, StateCodec.encode(head));
    }

    void put(String group, List<Turn> turns) {
        store.put(group + TURNS, StateCodec.encode(turns));
    }

    /// @param member null for one to be forgotten
    void put(String group, String incidentId, @Nullable Member member) {
        var key = group + CHILD + incidentId;
        if (member == null) {
            store.delete(key);
        } else {
            store.put(key, StateCodec.encode(member));
        }
    }
}
