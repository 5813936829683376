package dev.tocsin.service.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;

/// What was decided stays decided, whatever offsets are set to (docs/decisions/0017).
class DecidedTest {
    private final KeyValueStore<String, byte[]> store = new Memory().store("decided");
    private String id = "id-1";
    private int asked;
    private Decided decided = started("checks");

    private Decided started(String who) {
        return new Decided(
                who,
                store,
                topic -> {
                    asked++;
                    return topic + id;
                });
    }

    @Test
    void eachRecordIsNewOnce() {
        assertThat(decided.isNew("a", 0)).isTrue();
        assertThat(decided.isNew("a", 1)).isTrue();
        assertThat(decided.isNew("a", 1)).isFalse();
        assertThat(decided.isNew("a", 0)).isFalse();
        assertThat(decided.isNew("b", 0)).isTrue();
        assertThat(decided.isNew("a", 2)).isTrue();
    }

    @Test
    void afterARestartWhatWasStoredIsHistory() {
        decided.isNew("a", 5);
        decided.store();
        decided.isNew("a", 6);
        decided = started("checks");
        assertThat(decided.isNew("a", 5)).isFalse();
        assertThat(decided.isNew("a", 6)).isTrue();
    }

    @Test
    void whoHasDecidedNothingBeginsFromNothing() {
        assertThat(decided.hasDecided("a")).isFalse();
        decided.isNew("a", 0);
        decided.store();
        decided = started("checks");
        assertThat(decided.hasDecided("a")).isTrue();
        assertThat(decided.hasDecided("b")).isFalse();
    }

    @Test
    void whoSharesTheStoreHasDecidedNothingOfIt() {
        decided.isNew("a", 5);
        decided.store();
        assertThat(started("owners").isNew("a", 5)).isTrue();
    }

    @Test
    void aTopicThatWasMadeAnewIsReadFromItsStart() {
        decided.isNew("a", 5);
        decided.store();
        id = "id-2";
        decided = started("checks");
        assertThat(decided.isNew("a", 0)).isTrue();
        assertThat(decided.isNew("a", 0)).isFalse();
    }

    @Test
    void aTopicThatIsMadeAnewUnderItsReaderIsReadFromItsStartAndRemembered() {
        decided.isNew("a", 5);
        decided.store();
        id = "id-2";
        assertThat(decided.isNew("a", 0)).isTrue();
        decided.store();
        decided = started("checks");
        assertThat(decided.isNew("a", 0)).isFalse();
        assertThat(decided.isNew("a", 1)).isTrue();
    }

    @Test
    void whileOffsetsThatWereSetBackArePassedOverNobodyIsAskedAgain() {
        decided.isNew("a", 5);
        for (int offset = 0; offset <= 5; offset++) {
            assertThat(decided.isNew("a", offset)).isFalse();
        }
        assertThat(asked).isEqualTo(2);
        assertThat(decided.isNew("a", 6)).isTrue();
        assertThat(decided.isNew("a", 3)).isFalse();
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void nothingIsWrittenWhereNothingIsNew() {
        decided.isNew("a", 0);
        decided.store();
        store.delete("checks/a");
        decided.store();
        assertThat(store.get("checks/a")).isNull();
        decided.isNew("a", 1);
        decided.store();
        assertThat(store.get("checks/a")).isNotNull();
    }
}
