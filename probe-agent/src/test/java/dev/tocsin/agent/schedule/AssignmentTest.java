package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Who of a region's agents runs which check.
class AssignmentTest {
    private static final List<String> CHECKS = checks();

    private static List<String> checks() {
        var all = new ArrayList<String>();
        for (int check = 0; check < 1000; check++) {
            all.add("check-" + check);
        }
        return all;
    }

    /// Check to who runs it; fails where that is not exactly one.
    private static Map<String, String> runs(String... agents) {
        var by = new HashMap<String, String>();
        for (var agent : agents) {
            var assignment = new Assignment(agent, Set.of(agents));
            for (var check : CHECKS) {
                if (assignment.mine(check)) {
                    assertThat(by.put(check, agent)).as(check + " is run twice").isNull();
                }
            }
        }
        assertThat(by).hasSize(CHECKS.size());
        return by;
    }

    @Test
    void eachCheckIsRunByExactlyOneAndTheyAreSpreadEvenly() {
        for (var region : List.of("us-east", "eu", "ap-south-2")) {
            var by = runs(region + "-1", region + "-2", region + "-3");
            for (int agent = 1; agent <= 3; agent++) {
                var name = region + "-" + agent;
                assertThat(by.values().stream().filter(name::equals).count()).isBetween(250L, 420L);
            }
        }
    }

    @Test
    void whoDiesGivesItsChecksToAllOthersAndNoOtherMoves() {
        var three = runs("us-1", "us-2", "us-3");
        var two = runs("us-1", "us-3");
        var heirs = new TreeSet<String>();
        three.forEach((check, agent) -> {
            if (agent.equals("us-2")) {
                heirs.add(two.get(check));
            } else {
                assertThat(two.get(check)).isEqualTo(agent);
            }
        });
        assertThat(heirs).containsExactly("us-1", "us-3");
        assertThat(runs("us-1", "us-2", "us-3")).as("and back").isEqualTo(three);
    }

    @Test
    void whoIsNotAmongThoseThatRunRunsNothingAndWhoIsAloneEverything() {
        assertThat(CHECKS).noneMatch(new Assignment("us-3", Set.of("us-1", "us-2"))::mine);
        assertThat(CHECKS).allMatch(Assignment.alone("us-3")::mine);
    }

    @Test
    void namesThatJoinToTheSameTextAreNotTheSame() {
        // With the texts simply joined, both would weigh the same for every check.
        int first = 0;
        for (var check : CHECKS) {
            first += new Assignment("a", Set.of("a", "ac")).mine("c" + check) ? 1 : 0;
        }
        assertThat(first).isBetween(400, 600);
    }

    /// Agents of two builds have to agree on it, or a check is run twice, or by nobody.
    @Test
    void whoRunsWhatIsTheSameInEveryBuild() {
        var by = runs("us-1", "us-2", "us-3");
        var first = new StringBuilder();
        CHECKS.subList(0, 24)
                .forEach(check -> first.append(String.valueOf(by.get(check)).charAt(3)));
        assertThat(first).hasToString("323312223232212121111222");
    }
}
