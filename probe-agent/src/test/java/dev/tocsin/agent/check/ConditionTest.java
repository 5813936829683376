package dev.tocsin.agent.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {
    private static final Map<String, Object> VALUES =
            Map.of(
                    "STATUS",
                    200,
                    "CONNECTED",
                    true,
                    "RESPONSE_TIME",
                    120L,
                    "BODY",
                    "{\"status\":\"UP\",\"items\":[{\"n\":3}]}",
                    "CERTIFICATE_EXPIRATION",
                    Duration.ofDays(20));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[STATUS] == 200 | true",
                "[STATUS] != 200 | false",
                "[STATUS] == any(201, 200) | true",
                "[STATUS] == any(201, 204) | false",
                "[STATUS] < 300 | true",
                "[STATUS] < 201 | true",
                "[STATUS] < 200 | false",
                "[STATUS] <= 200 | true",
                "[STATUS] <= 199 | false",
                "[STATUS] > 199 | true",
                "[STATUS] > 200 | false",
                "[STATUS] >= 200 | true",
                "[STATUS] >= 201 | false",
                "[BODY].none != 1 | true",
                "[BODY].none < 1 | false",
                "[BODY].none <= 1 | false",
                "[BODY].none > 1 | false",
                "[BODY].none >= 1 | false",
                "[RESPONSE_TIME] <= 119 | false",
                "[CONNECTED] == true | true",
                "[BODY].status == UP | true",
                "[BODY].items[0].n >= 3 | true",
                "[BODY] == pat(*UP*) | true",
                "[BODY] != pat(*UP*) | false",
                "len([BODY]) > 10 | true",
                "has([BODY].errors) == false | true",
                "has([BODY].status) == true | true",
                "[CERTIFICATE_EXPIRATION] > 14d | true",
                "[CERTIFICATE_EXPIRATION] > 30d | false",
                "[BODY].none == 1 | false",
                "[DNS_RCODE] == NOERROR | false"
            })
    void holdsOrNot(String text, boolean holds) {
        assertThat(Condition.parse(text).check(VALUES) == null).isEqualTo(holds);
    }

    @Test
    void saysWhatWasFound() {
        assertThat(Condition.parse("[STATUS] == 500").check(VALUES))
                .isEqualTo("[STATUS] == 500 (found 200)");
    }

    @Test
    void ofALongTextTheBeginIsShown() {
        var condition = Condition.parse("[BODY] == x");
        var shown = String.valueOf(condition.check(Map.of("BODY", "y".repeat(5000))));
        int most = (int) shown.chars().filter(c -> c == 'y').count();
        assertThat(most).isBetween(50, 500);
        assertThat(shown).isEqualTo("[BODY] == x (found " + "y".repeat(most) + "...)");
        assertThat(condition.check(Map.of("BODY", "y".repeat(most))))
                .isEqualTo("[BODY] == x (found " + "y".repeat(most) + ")");
    }

    @Test
    void refusesWhatIsNone() {
        assertThatThrownBy(() -> Condition.parse("[STATUS]==200"))
                .hasMessageContaining("write it as [STATUS] == 200");
        assertThatThrownBy(() -> Condition.parse("status == 200"))
                .hasMessageContaining("placeholder");
    }
}
