package dev.tocsin.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each rule with the last that it lets pass and the first that it does not.
class DefinitionRulesTest {
    static {
        TrustedRecords.trust();
    }

    /// Three regions, every 30 s, a retry after 7.5 s.
    private static CheckDefinition check(Consumer<CheckDefinition.Builder> change) {
        var check =
                CheckDefinition.newBuilder()
                        .setCheckId("shop")
                        .setConfigVersion("v1")
                        .setName("Shop")
                        .setService("shop")
                        .setUrl("http://x/")
                        .setProbe("http")
                        .setIntervalMs(30_000)
                        .setTimeoutMs(1000)
                        .setRegions(List.of("us", "eu", "ap"))
                        .setIncidentBuilder(IncidentPolicy.newBuilder());
        change.accept(check);
        return check.build();
    }

    private static Arguments rule(
            String key,
            Consumer<CheckDefinition.Builder> last,
            Consumer<CheckDefinition.Builder> first) {
        return Arguments.of(key, last, first);
    }

    private static Consumer<CheckDefinition.Builder> incident(
            Consumer<IncidentPolicy.Builder> change) {
        return check -> change.accept(check.getIncidentBuilder());
    }

    private static List<String> many(int count) {
        return IntStream.range(0, count).mapToObj(i -> "r" + i).toList();
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("id", c -> c.setCheckId("x".repeat(200)), c -> c.setCheckId("x".repeat(201))),
                rule("id", c -> c.setCheckId("a b"), c -> c.setCheckId("a\nb")),
                rule("id", c -> {}, c -> c.setCheckId("")),
                rule("id", c -> c.setCheckId("group.x"), c -> c.setCheckId("group:x")),
                rule("service", c -> {}, c -> c.setService("a\u0007")),
                rule("group", c -> {}, c -> c.setGroup("g".repeat(201))),
                rule("name", c -> c.setName("x".repeat(200)), c -> c.setName("x".repeat(201))),
                rule("url", c -> c.setUrl("x".repeat(2000)), c -> c.setUrl("x".repeat(2001))),
                rule("depends-on", c -> c.setDependsOn(many(100)), c -> c.setDependsOn(many(101))),
                rule(
                        "labels",
                        c -> c.setLabels(Map.of("a", "x".repeat(4095))),
                        c -> c.setLabels(Map.of("a", "x".repeat(4000), "b", "x".repeat(95)))),
                rule("interval", c -> {}, c -> c.setIntervalMs(0)),
                rule(
                        "interval",
                        c -> c.setIntervalMs(366L * 86_400_000),
                        c -> c.setIntervalMs(366L * 86_400_000 + 1)),
                rule(
                        "retry-interval",
                        c -> c.setRetryIntervalMs(100L),
                        c -> c.setRetryIntervalMs(0L)),
                rule("regions", c -> c.setRegions(many(500)), c -> c.setRegions(many(501))),
                rule("regions", c -> {}, c -> c.setRegions(List.of())),
                rule("regions", c -> {}, c -> c.setRegions(Collections.nCopies(2, "us"))),
                rule(
                        "regions",
                        c -> c.setRegions(List.of("x".repeat(64))),
                        c -> c.setRegions(List.of("x".repeat(65)))),
                rule(
                        "incident.failure-threshold",
                        incident(p -> p.setFailureThreshold(100)),
                        incident(p -> p.setFailureThreshold(101))),
                rule(
                        "incident.failure-threshold",
                        incident(p -> p.setFailureThreshold(1)),
                        incident(p -> p.setFailureThreshold(0))),
                rule(
                        "incident.success-threshold",
                        incident(p -> p.setSuccessThreshold(100)),
                        incident(p -> p.setSuccessThreshold(0))),
                rule("incident.of", incident(p -> {}), incident(p -> p.setOf(5))),
                rule("incident.of", incident(p -> mOfN(p, 3, 200)), incident(p -> mOfN(p, 3, 201))),
                rule(
                        "incident.failures",
                        incident(p -> mOfN(p, 5, 5)),
                        incident(p -> mOfN(p, 6, 5))),
                rule(
                        "incident.failures",
                        incident(p -> mOfN(p, 1, 5)),
                        incident(p -> mOfN(p, 0, 5))),
                rule(
                        "incident.quorum",
                        incident(p -> p.setQuorum("3")),
                        incident(p -> p.setQuorum("4"))),
                rule(
                        "incident.quorum",
                        incident(p -> p.setQuorum("100%")),
                        incident(p -> p.setQuorum("101%"))),
                rule(
                        "incident.quorum",
                        incident(p -> p.setQuorum("1%")),
                        incident(p -> p.setQuorum("0%"))),
                rule(
                        "incident.quorum",
                        incident(p -> p.setQuorum("all")),
                        incident(p -> p.setQuorum("99999999999999999999"))),
                rule("incident.quorum", incident(p -> {}), incident(p -> p.setQuorum("0"))),
                rule(
                        "incident.min-regions",
                        incident(p -> p.setMinRegions(3)),
                        incident(p -> p.setMinRegions(4))),
                rule(
                        "incident.min-regions",
                        incident(p -> p.setMinRegions(1)),
                        incident(p -> p.setMinRegions(0))),
                rule(
                        "incident.window",
                        incident(p -> p.setWindowMs(15_000L)),
                        incident(p -> p.setWindowMs(14_999L))),
                rule("incident.window", incident(p -> {}), incident(p -> p.setWindowMs(-1L))),
                rule(
                        "incident.window",
                        incident(p -> {
                            mOfN(p, 5, 9);
                            p.setWindowMs(30_000L);
                        }),
                        incident(p -> {
                            mOfN(p, 5, 9);
                            p.setWindowMs(29_000L);
                        })),
                rule("incident.no-data", incident(p -> {}), incident(p -> p.setNoData("no"))),
                rule("incident.severity", incident(p -> {}), incident(p -> p.setSeverity(""))));
    }

    private static void mOfN(IncidentPolicy.Builder policy, int failures, int of) {
        policy.setFailures(failures);
        policy.setOf(of);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyRuleHasItsEdge(
            String key,
            Consumer<CheckDefinition.Builder> last,
            Consumer<CheckDefinition.Builder> first) {
        assertThatCode(() -> DefinitionRules.check(check(last))).doesNotThrowAnyException();
        assertThatThrownBy(() -> DefinitionRules.check(check(first)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + ": ");
    }

    @Test
    void whatIsPublishedAlreadyIsFollowedThoughNobodyWouldPublishItNow() {
        var old =
                check(c -> {
                    c.setService("a\u202Eb");
                    c.setName("Shop\r\nBcc: all\u202E");
                    c.setRegions(List.of("us/1", "e\u200Bu"));
                    c.setDependsOn(List.of("d\uFEFFns"));
                    c.setLabels(Map.of("team", "a\u001bb"));
                });
        assertThatCode(() -> DefinitionRules.check(old)).doesNotThrowAnyException();
        assertThat(DefinitionRules.ofNew(old))
                .containsExactly(
                        "service: has the character U+202E, which nobody sees",
                        "name: has the character U+000D, which nobody sees",
                        "depends-on: has the character U+FEFF, which nobody sees",
                        "labels: has the character U+001B, which nobody sees",
                        "regions: no slash: an agent's folder has its name");
    }

    /// Every 30 s and a retry after 7.5 s: 21 passes take the window of 150 s, and a 22nd is one too many.
    @Test
    void whatCouldNeverBeHeardOrNeverCloseIsNotPublished() {
        var lasts =
                List.of(
                        check(incident(p -> p.setStaleAfterMs(30_000L))),
                        check(incident(p -> p.setSuccessThreshold(21))),
                        check(incident(p -> p.setSuccessThreshold(3).setWindowMs(15_000L))),
                        check(incident(p -> mOfN(p.setSuccessThreshold(49), 3, 10))));
        assertThat(lasts).allSatisfy(last -> assertThat(DefinitionRules.ofNew(last)).isEmpty());
        var silent = check(incident(p -> p.setStaleAfterMs(29_999L)));
        assertThat(DefinitionRules.ofNew(silent))
                .containsExactly(
                        "incident.stale-after: 29999ms is shorter than the interval, 30s: every region would be silent from one result to the next");
        assertThat(DefinitionRules.ofNew(check(incident(p -> p.setSuccessThreshold(22)))))
                .containsExactly(
                        "incident.success-threshold: 22 passes take longer, one every 7500ms, than the window of 150s: it would never close");
        assertThat(
                        DefinitionRules.ofNew(
                                check(
                                        incident(p ->
                                                p.setSuccessThreshold(4).setWindowMs(15_000L)))))
                .singleElement()
                .asString()
                .contains("4 passes", "7500ms", "15s");
        assertThat(
                        DefinitionRules.ofNew(
                                check(incident(p -> mOfN(p.setSuccessThreshold(50), 3, 10)))))
                .singleElement()
                .asString()
                .contains("50 passes", "360s");
        // What is published stays in force.
        assertThatCode(() -> DefinitionRules.check(silent)).doesNotThrowAnyException();
    }

    @Test
    void allThatIsWrongIsToldOnceForEachKey() {
        assertThat(
                        DefinitionRules.ofNew(
                                check(c -> {
                                    c.setName("");
                                    c.setIntervalMs(0);
                                    c.setRetryIntervalMs(0L);
                                    c.setRegions(List.of());
                                    c.getIncidentBuilder().setWindowMs(1L);
                                    c.getIncidentBuilder().setQuorum("0%");
                                    c.getIncidentBuilder().setMinRegions(2);
                                    c.getIncidentBuilder().setSeverity("");
                                })))
                .containsExactly(
                        "name: must not be empty",
                        "interval: must be longer than nothing",
                        "retry-interval: at least 100ms",
                        "regions: at least one",
                        "incident.quorum: \"0%\" is not from 1% to 100%",
                        "incident.severity: \"\" is not critical, error, warning or info");
    }

    @Test
    void aRetryThatIsGivenCountsUpToTheInterval() {
        Consumer<CheckDefinition.Builder> hourly =
                check -> {
                    check.setRetryIntervalMs(3_600_000L);
                    check.getIncidentBuilder().setWindowMs(60_000L); // three failures, 30 s apart
                };
        assertThatCode(() -> DefinitionRules.check(check(hourly))).doesNotThrowAnyException();
        assertThatThrownBy(() ->
                        DefinitionRules.check(
                                check(
                                        hourly.andThen(
                                                c -> c.getIncidentBuilder().setWindowMs(59_000L)))))
                .hasMessage(
                        "incident.window: 59s is shorter than 3 failures take, one every 30s: it would never fire");
    }

    @Test
    void aMistakeIsToldShortAndWithWhatItIs() {
        assertThatThrownBy(() ->
                        DefinitionRules.check(
                                check(c -> c.getIncidentBuilder().setQuorum("x".repeat(60_000)))))
                .hasMessageMatching(
                        "incident.quorum: \"x{100}…\" is not majority, any, all, a number or a percentage such as 50%");
        assertThatThrownBy(() ->
                        DefinitionRules.check(check(c -> c.getIncidentBuilder().setQuorum("5"))))
                .hasMessage(
                        "incident.quorum: 5 regions are wanted, and the check has 3: it would never fire");
    }

    @Test
    void whatStandsUnderAnotherKeyIsNoDefinitionOfIt() {
        var shop = check(_ -> {});
        assertThatCode(() -> DefinitionRules.check("shop", shop)).doesNotThrowAnyException();
        for (var key : new String[] {"mail", "", null}) {
            assertThatThrownBy(() -> DefinitionRules.check(key, shop))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("key " + key + " is not the check's id shop");
        }
        assertThatThrownBy(() -> DefinitionRules.check("shop", check(c -> c.setIntervalMs(0))))
                .hasMessageStartingWith("interval: ");
    }
}
