package dev.tocsin.notifier.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Histories that nobody thought of, judged by what people heard. `-Dtocsin.worlds=100000` for more of them, `-Dtocsin.world=7` to begin with that.
class WorldTest {
    private static final int WORLDS = Integer.getInteger("tocsin.worlds", 200);
    private static final int FIRST = Integer.getInteger("tocsin.world", 0);

    /// In so many at most each fault is to be seen.
    private static final int ENOUGH = 60;

    /// What broke; null when nothing did.
    private static @Nullable String live(int seed, World.Troubles troubles, Fault fault) {
        try {
            var random = new Random(seed);
            var span =
                    random.nextInt(4) == 0
                            ? Duration.ofHours(40)
                            : random.nextBoolean() ? Duration.ofHours(4) : Duration.ofMinutes(40);
            var story = new Story(random, span);
            var script = new Script(Story.START, span, story.fed, Story::hasOthers);
            new World(random, script, troubles, fault).run();
            return null;
        } catch (BrokenPromise e) {
            return "world " + seed + ": " + e.getMessage();
        }
    }

    @Test
    void peopleAreToldNothingFalseAndNothingTwice() {
        for (int seed = FIRST; seed < FIRST + WORLDS; seed++) {
            assertThat(live(seed, World.Troubles.FEW, Fault.NONE)).isNull();
        }
    }

    /// Targets away for a day, `notify:` that changes on one instance after the other, notifiers that go on after another took over.
    @Test
    void norWhenWhoTellsThemChangesAndDoubles() {
        for (int seed = FIRST; seed < FIRST + WORLDS; seed++) {
            assertThat(live(seed, World.Troubles.ALL, Fault.NONE)).isNull();
        }
    }

    /// Whichever other promises it breaks, too.
    @ParameterizedTest
    @EnumSource
    void aNotifierThatIsWrongIsCaught(Mutant mutant) {
        for (int seed = 0; seed < ENOUGH; seed++) {
            var broken = live(seed, World.Troubles.ALL, mutant.fault());
            if (broken != null
                    && broken.lines().findFirst().orElseThrow().contains(mutant.promise())) {
                return;
            }
        }
        throw new AssertionError("not caught: " + mutant.promise());
    }
}
