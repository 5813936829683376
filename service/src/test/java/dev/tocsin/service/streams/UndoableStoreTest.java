package dev.tocsin.service.streams;

import static dev.tocsin.service.streams.Memory.all;
import static dev.tocsin.service.streams.Memory.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a record has changed is taken back, and nothing else is.
class UndoableStoreTest {
    private final Memory memory = new Memory();
    private final KeyValueStore<String, byte[]> below = memory.store("a");
    private final UndoableStore store = new UndoableStore(below);

    @BeforeEach
    void before() {
        below.put("kept", bytes("1"));
        below.put("gone", bytes("2"));
    }

    private static List<String> read(KeyValueIterator<String, byte[]> entries) {
        try (entries) {
            var keys = new ArrayList<String>();
            entries.forEachRemaining(entry -> keys.add(entry.key));
            return keys;
        }
    }

    @Test
    void whateverWasWrittenForARecordIsTakenBack() {
        store.begin();
        assertThat(store.isWritten()).isFalse();
        store.put("kept", bytes("9"));
        store.put("kept", bytes("8"));
        assertThat(store.delete("gone")).isEqualTo(bytes("2"));
        store.put("new", bytes("3"));
        assertThat(store.putIfAbsent("other", bytes("4"))).isNull();
        assertThat(store.putIfAbsent("kept", bytes("7"))).isEqualTo(bytes("8"));
        store.putAll(List.of(KeyValue.pair("x", bytes("5")), KeyValue.pair("y", bytes("6"))));
        assertThat(store.isWritten()).isTrue();
        assertThat(store.keys())
                .containsExactlyInAnyOrder("kept", "gone", "new", "other", "x", "y");
        assertThat(all(below)).containsExactly("kept=8", "new=3", "other=4", "x=5", "y=6");
        store.undo();
        assertThat(all(below)).containsExactly("gone=2", "kept=1");
        assertThat(store.isWritten()).isFalse();
    }

    @Test
    void whatWasWrittenForTheRecordBeforeStays() {
        store.begin();
        store.put("kept", bytes("9"));
        store.begin();
        store.put("kept", bytes("8"));
        store.undo();
        assertThat(all(below)).containsExactly("gone=2", "kept=9");
    }

    @Test
    void whatBelongsToNoRecordStays() {
        store.put("early", bytes("0"));
        store.begin();
        store.put("kept", bytes("9"));
        store.done();
        store.put("gone", bytes("8"));
        assertThat(store.keys()).isEmpty();
        store.undo();
        assertThat(all(below)).containsExactly("early=0", "gone=8", "kept=9");
    }

    @Test
    void itReadsAsTheStoreBelow() {
        store.put("late", bytes("3"));
        assertThat(store.get("late")).isEqualTo(bytes("3"));
        assertThat(store.get("nothing")).isNull();
        assertThat(read(store.all())).containsExactly("gone", "kept", "late");
        assertThat(read(store.reverseAll())).containsExactly("late", "kept", "gone");
        assertThat(read(store.range("h", "l"))).containsExactly("kept");
        assertThat(read(store.reverseRange("h", null))).containsExactly("late", "kept");
        assertThat(read(store.prefixScan("ke", new StringSerializer()))).containsExactly("kept");
        assertThat(store.approximateNumEntries()).isEqualTo(3);
        assertThat(store.name()).isEqualTo("a");
        assertThat(store.persistent()).isFalse();
        assertThat(store.isOpen()).isTrue();
        store.close();
        assertThat(below.isOpen()).isFalse();
    }

    @Test
    void storesThatAreWrittenTogetherAreTakenBackTogether() {
        var other = memory.store("b");
        var stores = new UndoableStores(memory.task, List.of("a", "b"));
        stores.begin();
        assertThat(stores.areWritten()).isFalse();
        stores.get("a").put("kept", bytes("9"));
        assertThat(stores.areWritten()).isTrue();
        stores.get("b").put("new", bytes("8"));
        assertThat(stores.keys("a")).containsExactly("kept");
        assertThat(stores.keys("b")).containsExactly("new");
        stores.undo();
        assertThat(all(below)).containsExactly("gone=2", "kept=1");
        assertThat(all(other)).isEmpty();
    }
}
