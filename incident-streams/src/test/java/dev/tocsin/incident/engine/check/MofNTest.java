package dev.tocsin.incident.engine.check;

import static dev.tocsin.incident.engine.check.Vote.DOWN;
import static dev.tocsin.incident.engine.check.Vote.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.engine.Verdict;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Rule 1 with `failures: 3, of: 5`, and votes in whatever order they come.
class MofNTest {
    private final World world = new World("any", 1, "us").failures(3, 5);

    private Verdict after(String votes) {
        for (int i = 0; i < votes.length(); i++) {
            world.vote(100 + i * 5, "us", votes.charAt(i) == 'x' ? DOWN : UP);
        }
        return world.state.region("us").verdict();
    }

    @Test
    void threeOfFiveFailWhateverLiesBetween() {
        assertThat(after("x.x.x")).isEqualTo(Verdict.FAILING);
        assertThat(world.state.region("us").since()).isEqualTo(World.START.plusSeconds(100));
    }

    @Test
    void twoOfFiveAreNoFailure() {
        assertThat(after("x.x..")).isEqualTo(Verdict.PASSING);
    }

    @Test
    void theSixthLastCountsNotAnyMore() {
        assertThat(after("x.x..x")).isEqualTo(Verdict.PASSING);
    }

    @Test
    void threeInARowAreThreeOfFive() {
        assertThat(after("..xxx")).isEqualTo(Verdict.FAILING);
        assertThat(world.state.region("us").since()).isEqualTo(World.START.plusSeconds(110));
    }

    @Test
    void aFailureThatComesLateCountsInItsPlace() {
        world.vote(100, "us", DOWN).vote(105, "us", UP).vote(115, "us", DOWN);
        world.vote(110, 116, "us", DOWN, "late");
        assertThat(world.state.region("us").verdict()).isEqualTo(Verdict.FAILING);
    }

    @Test
    void noMoreVotesAreKeptThanAnyThresholdNeeds() {
        IntStream.range(0, 200)
                .forEach(i -> world.vote(100, 100, "us", i % 4 == 0 ? DOWN : UP, "a/1/" + i));
        assertThat(world.state.region("us").samples()).hasSizeBetween(5, world.policy.votes());
        assertThat(world.policy.votes()).isEqualTo(4 * 5 + 16);
    }
}
