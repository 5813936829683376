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
                "[RESPONSE_TIME] < 2s | true",
                "[RESPONSE_TIME] < 120ms | false",
                "[RESPONSE_TIME] >= 120ms | true",
                "[CERTIFICATE_EXPIRATION] > 0 | true",
                "[CERTIFICATE_EXPIRATION] < 1727999999 | false",
                "[STATUS] == 2s | false",
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

    private static boolean holds(String text, String body) {
        return Condition.parse(text).check(Map.of("BODY", body)) == null;
    }

    @Test
    void ofADocumentAnyPartIsFoundAndOfHalfADocumentNone() {
        var body = "{\"a\": {\"b\": [1, {\"c\": \"x\"}, null, 2.50]}, \"a0\": true}";
        assertThat(holds("[BODY].a == {\"b\":[1,{\"c\":\"x\"},null,2.5]}", body)).isTrue();
        assertThat(holds("[BODY].a.b[1].c == x", body)).isTrue();
        assertThat(holds("[BODY].a.b[2] == null", body)).isTrue();
        assertThat(holds("has([BODY].a.b[2]) == true", body)).isTrue();
        assertThat(holds("has([BODY].a.b[4]) == false", body)).isTrue();
        assertThat(holds("[BODY].a.b[3] == 2.5", body)).isTrue();
        assertThat(holds("[BODY].a0 == true", body)).isTrue();
        assertThat(holds("len([BODY].a.b[1]) == 9", body)).isTrue();
        assertThat(holds("[BODY].a == 2", "{\"a\":1,\"a\":2}")).as("the last").isTrue();
        assertThat(holds("has([BODY].a) == false", body.substring(0, body.length() - 1))).isTrue();
        assertThat(holds("has([BODY].a) == false", "{\"a\":1,}")).isTrue();
        assertThat(holds("has([BODY].a) == false", "no JSON")).isTrue();
        assertThat(holds("[BODY].s == UP", "{\"s\":\"UP\"}\n<!-- node 7 -->")).isTrue();
        assertThat(holds("[BODY].s == UP", "{\"s\":\"UP\"}\n{\"s\":\"DOWN\"}")).isTrue();
        assertThat(holds("[BODY].s == UP", "{\"x\":{\"s\":1},\"s\":\"UP\"}]")).isTrue();
        assertThat(holds("[BODY][1] == UP", "[[0,1],\"UP\"] 7")).isTrue();
        assertThat(holds("has([BODY].s) == false", "7 {\"s\":\"UP\"}")).isTrue();
        assertThat(holds("[BODY].v == pat(2.5)", "{\"v\":2.50}")).isTrue();
        assertThat(holds("has([BODY].a) == false", "")).isTrue();
    }

    /// A tree of it would take thirty times as much, and one that is deep enough all of a stack.
    @Test
    void aDocumentOfAMegabyteIsReadToItsEndHoweverDeep() {
        assertThat(holds("[BODY][300000] == 7", "[" + "{},".repeat(300_000) + "7]")).isTrue();
        assertThat(holds("has([BODY][0]) == false", "[".repeat(1 << 20))).isTrue();
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
