package dev.tocsin.standalone.carry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.streams.AppState;
import dev.tocsin.service.streams.Place;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final Place.Rule RULE = (key, _) -> new Place.WithKey(key);
    private static final List<AppState> APPS =
            List.of(
                    new AppState(
                            "app", List.of("checks"), Map.of("s", new Place.Store("checks", RULE))),
                    new AppState(
                            "told",
                            List.of("incidents"),
                            Map.of("t", new Place.Store("incidents", RULE))));

    private final Map<String, Integer> topics =
            new TreeMap<>(
                    Map.of(
                            "a.checks", 3,
                            "a.app-s-changelog", 3,
                            "a.told-t-changelog", 1,
                            "b.checks", 7,
                            "b.incidents", 2));

    private Layout layout(String from, String to) {
        return Layout.of(from, to, APPS, topics);
    }

    @Test
    void eachStoreGetsAsManyPartitionsAsWhatFillsIt() {
        var layout = layout("a.", "b.");
        assertThat(layout.stores())
                .containsExactly(
                        new Layout.Store(
                                APPS.getFirst(),
                                "s",
                                RULE,
                                "a.app-s-changelog",
                                "b.app-s-changelog",
                                7),
                        new Layout.Store(
                                APPS.getLast(),
                                "t",
                                RULE,
                                "a.told-t-changelog",
                                "b.told-t-changelog",
                                2));
        assertThat(layout.there(topics)).isEmpty();
        topics.put("b.told-t-changelog", 2);
        assertThat(layout.there(topics)).containsExactly("b.told-t-changelog");
    }

    @Test
    void aStoreThatItDoesNotKnowIsNotLeftBehindInSilence() {
        topics.put("a.app-new-changelog", 3);
        assertThatThrownBy(() -> layout("a.", "b."))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "a.app-new-changelog: this build does not know the store \"new\", and would leave it behind");
    }

    @Test
    void itRefusesWhatCannotBe() {
        assertThatThrownBy(() -> layout("a.", "a.")).hasMessageContaining("has to be a new one");
        assertThatThrownBy(() -> layout("c.", "b."))
                .hasMessageContaining("there is no state under the prefix \"c.\"");
        assertThatThrownBy(() -> layout("a.", "c."))
                .hasMessage("topic c.checks does not exist: tocsin admin bootstrap makes it");
        topics.put("b.checks", 2);
        assertThatThrownBy(() -> layout("a.", "b."))
                .hasMessage(
                        "a.checks has 3 partitions, and b.checks has 2: what is known can be carried to as many or more");
    }
}
