package dev.tocsin.standalone.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.partition.Rehearsal.Told;
import dev.tocsin.notifier.rehearsal.Fault;
import dev.tocsin.notifier.rehearsal.Mutant;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.TrustedRecords;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who is told: that a day repeats, that people hear of outages, and that a notifier that is wrong is caught.
class AudienceTest {
    private static final int FIRST = 5_000;
    private static final int DAYS = 12;

    private static final Map<Integer, List<Told>> TOLD = new HashMap<>();

    @BeforeAll
    static void trust() {
        TrustedRecords.trust();
    }

    private static Audience.Heard heard(int seed, Fault fault) {
        var universe = Universe.of(seed);
        var told = TOLD.computeIfAbsent(seed, _ -> Simulation.run(universe));
        return Audience.of(universe, told, fault);
    }

    @Test
    void aSeedIsHeardTheSameAgain() {
        assertThat(heard(FIRST, Fault.NONE)).isEqualTo(heard(FIRST, Fault.NONE));
        assertThat(heard(FIRST, Fault.NONE).seen().messages()).isPositive();
    }

    @Test
    void daysAreHeardRightOutagesAmongThem() {
        for (int seed = FIRST; seed < FIRST + DAYS; seed++) {
            assertThat(heard(seed, Fault.NONE).wrong()).isNull();
        }
        assertThat(TOLD.values())
                .anyMatch(day ->
                        day.stream()
                                .anyMatch(told -> told.written().getKind() == IncidentKind.OUTAGE));
    }

    /// That notes are lost, and that a stale one sends, is asked in the notifier's own worlds: here nobody writes any, and few double with something to send.
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NOTES_LOST", "SENDS_STALE"})
    void aNotifierThatIsWrongIsCaught(Mutant mutant) {
        for (int seed = FIRST; seed < FIRST + DAYS; seed++) {
            var wrong = heard(seed, mutant.fault()).wrong();
            if (wrong != null
                    && wrong.lines().findFirst().orElseThrow().contains(mutant.promise())) {
                return;
            }
        }
        throw new AssertionError("not caught: " + mutant.promise());
    }
}
