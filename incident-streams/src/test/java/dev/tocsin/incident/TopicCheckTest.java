package dev.tocsin.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.stream.Plain;
import dev.tocsin.schemas.kept.Finding;
import dev.tocsin.schemas.kept.Finding.Kind;
import dev.tocsin.schemas.kept.Judge;
import dev.tocsin.schemas.kept.Kept;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicCheckTest {
    private static final String CHANGELOG = "r.app-check-state-changelog";

    @Test
    void whatItsStoresAreFilledFromComesFromTheTopology() {
        var needs = TopicCheck.needs("r.", "r.app", Plain.formats());
        assertThat(needs.changelogs())
                .containsEntry(
                        CHANGELOG,
                        Set.of("r.checks", "r.check-results", "r.signals", "r.incident-commands"));
        var found = new HashMap<String, Kept>();
        for (var topic : needs.topics()) {
            found.put(topic.named("r."), new Kept(12, 1, topic.settings().all()));
        }
        needs.deadLetters()
                .forEach(topic -> found.put(topic.deadLetters("r."), new Kept(1, 1, Map.of())));
        assertThat(Judge.judge(needs, found, Set.of(), 1)).isEmpty();
        found.put(CHANGELOG, new Kept(6, 1, null));
        assertThat(Judge.judge(needs, found, Set.of(), 1))
                .extracting(Finding::kind)
                .containsExactly(Kind.REFUSED);
    }
}
