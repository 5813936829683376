package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FollowedTest {
    private final Followed<String> file = new Followed<>();

    private static List<String> checks(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> "c" + i).toList();
    }

    @Test
    void whatHoldsTheSameAtTwoLooksIsAppliedOnce() {
        assertThat(file.looks("half")).isFalse();
        assertThat(file.looks("whole")).isFalse();
        assertThat(file.looks("whole")).isTrue();
        assertThat(file.looks("whole")).isTrue(); // it could not be applied
        file.settled();
        assertThat(file.looks("whole")).isFalse();
        assertThat(file.looks("half")).isFalse();
        assertThat(file.looks("whole")).isFalse();
        assertThat(file.looks("whole")).isFalse();
    }

    /// 34 of 60 checks and their incidents went with a file that was half written.
    @Test
    void nobodyLooksWhenMuchWouldBeRemoved() {
        assertThatThrownBy(() -> Followed.requireFew(checks(34), 26))
                .isInstanceOf(Followed.TooManyGoException.class)
                .hasMessageStartingWith("would remove 34 of 60 checks (c1, c2,")
                .hasMessageContaining("c10, ...)");
        assertThatThrownBy(() -> Followed.requireFew(checks(4), 0))
                .hasMessageContaining("4 of 4 checks (c1, c2, c3, c4)");
        assertThatThrownBy(() -> Followed.requireFew(checks(26), 75))
                .isInstanceOf(Followed.TooManyGoException.class);
        assertThatCode(() -> Followed.requireFew(checks(25), 75)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Followed.requireFew(checks(1), 0))
                .as("a file that holds something else already, and no check yet")
                .hasMessageContaining("1 of 1 checks (c1)");
        assertThatCode(() -> Followed.requireFew(checks(3), 1)).doesNotThrowAnyException();
        assertThatCode(() -> Followed.requireFew(List.of(), 0)).doesNotThrowAnyException();
    }
}
