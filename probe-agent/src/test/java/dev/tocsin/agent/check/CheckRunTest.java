package dev.tocsin.agent.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.agent.check.Check.Finding;
import dev.tocsin.agent.probe.Probe;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.schemas.TrustedRecords;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckRunTest {
    static {
        TrustedRecords.trust();
    }

    private static Finding run(Probe probe, String... conditions) {
        var type = ProbeTypes.forUrl("tcp://127.0.0.1:1").orElseThrow();
        return new Check(
                        Check.bare("shop", "tcp://127.0.0.1:1", type, Duration.ofSeconds(2)),
                        probe,
                        List.of(conditions).stream().map(Condition::parse).toList(),
                        List.of(),
                        new Filled(name -> name))
                .run(new Resolver(Map.of()));
    }

    private static String code(Finding finding) {
        assertThat(finding.outcome()).isEqualTo(Outcome.ERROR);
        var failure = Objects.requireNonNull(finding.failure());
        assertThat(failure.getPhase()).isEqualTo(Phase.INTERNAL);
        return failure.getCode();
    }

    @Test
    void whateverARunThrowsIsAnErrorAndNoFailureOfTheTarget() {
        assertThat(
                        code(
                                run(_ -> {
                                    throw new StackOverflowError();
                                })))
                .isEqualTo("bug");
        assertThat(
                        code(
                                run(_ -> {
                                    throw new OutOfMemoryError("Java heap space");
                                })))
                .isEqualTo("bug");
        assertThat(
                        code(
                                run(_ -> {
                                    throw new IllegalStateException("x");
                                })))
                .isEqualTo("bug");
    }

    @Test
    void thatNoHandleIsLeftIsThisAgentsTroubleWhoeverWrapsIt() {
        var none = new SocketException("Too many open files");
        var wrapped = new UnknownHostException("shop");
        wrapped.initCause(none);
        assertThat(
                        code(
                                run(_ -> {
                                    throw none;
                                })))
                .isEqualTo("no-handles");
        assertThat(
                        code(
                                run(_ -> {
                                    throw wrapped;
                                })))
                .isEqualTo("no-handles");
        assertThat(
                        code(
                                run(_ -> {
                                    throw new IllegalStateException(none);
                                })))
                .isEqualTo("no-handles");
    }

    @Test
    void aBodyIsAskedForOnlyWhereAConditionReadsIt() {
        assertThat(asked("[STATUS] == 200")).isFalse();
        assertThat(asked("[STATUS] == 200", "len([BODY]) > 3")).isTrue();
        assertThat(asked("[BODY].status == UP")).isTrue();
    }

    private static CheckDefinition definition(String url, String... conditions) {
        var type = ProbeTypes.forUrl(url).orElseThrow();
        return CheckDefinition.newBuilder(Check.bare("shop", url, type, Duration.ofSeconds(2)))
                .setDegradedConditions(List.of(conditions))
                .build();
    }

    @Test
    void whatAProbeNeverFindsIsNoCondition() {
        var typed = definition("https://shop.test/", "[STATUS] == 200", "[STATSU] == 200");
        assertThat(Check.mistakes(typed))
                .containsExactly(
                        "degraded-conditions: http has no [STATSU], only [BODY], [CERTIFICATE_EXPIRATION], [CONNECTED], [IP], [RESPONSE_TIME], [STATUS]");
        assertThat(Check.of(typed, name -> name)).as("where it is in force").isNotNull();
        assertThat(Check.mistakes(definition("tcp://shop.test:1", "[STATUS] == 200")))
                .containsExactly(
                        "degraded-conditions: tcp has no [STATUS], only [BODY], [CONNECTED], [IP], [RESPONSE_TIME]");
        assertThat(
                        Check.mistakes(
                                definition(
                                        "dns://192.0.2.1",
                                        "[DNS_RCODE] == NOERROR",
                                        "len([BODY]) > 1",
                                        "[RESPONSE_TIME] < 9")))
                .noneMatch(mistake -> mistake.contains("has no"));
    }

    /// It would be up, or down, for ever.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[STATUS] == ok | \"ok\" is no number",
                "[STATUS] == any(200, 2o4) | \"2o4\" is no number",
                "[STATUS] < any(200, 204) | any(...) and pat(...) go with == and != alone",
                "[STATUS] < 2s | \"2s\" is no number",
                "[RESPONSE_TIME] < fast | \"fast\" is no number",
                "[CERTIFICATE_EXPIRATION] > soon | \"soon\" is no duration, as 14d or 90m",
                "[STATUS] == [BODY].code | the right side is a value, and no placeholder",
                "[BODY].a == [BODY].b | the right side is a value, and no placeholder",
                "[CONNECTED] == yes | [CONNECTED] is == or != true or false",
                "[CONNECTED] > true | [CONNECTED] is == or != true or false",
                "has([BODY].errors) == 0 | has([BODY].errors) is == or != true or false",
                "len([BODY]) < 1kB | \"1kB\" is no number",
                "[BODY].version >= v2 | only numbers are less or greater, and \"v2\" is none",
                "[IP] > 10.0.0.0 | only numbers are less or greater, and \"10.0.0.0\" is none"
            })
    void aConditionThatHoldsAlwaysOrNeverIsAMistake(String condition, String why) {
        var typed = definition("https://shop.test/", condition);
        assertThat(Check.mistakes(typed))
                .containsExactly("degraded-conditions: \"" + condition + "\": " + why);
        assertThat(Check.of(typed, name -> name)).as("where it is in force").isNotNull();
    }

    @Test
    void aConditionThatMayHoldIsNone() {
        assertThat(
                        Check.mistakes(
                                definition(
                                        "https://shop.test/",
                                        "[STATUS] == any(200, 204)",
                                        "[STATUS] == pat(2*)",
                                        "[RESPONSE_TIME] < 8e2",
                                        "[RESPONSE_TIME] < 2s",
                                        "[CERTIFICATE_EXPIRATION] > 14d",
                                        "[CERTIFICATE_EXPIRATION] > 0",
                                        "[CONNECTED] != false",
                                        "has([BODY].errors) == false",
                                        "len([BODY].items) >= 1",
                                        "[BODY].count >= 1.5",
                                        "[BODY] == any(UP, ok)",
                                        "[IP] == 192.0.2.1")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "tcp", "tls", "dns", "udp", "stun", "smtp"})
    void aPortThatIsNoneIsAMistake(String scheme) {
        for (var port : List.of("0", "65536", "280999")) {
            assertThat(Check.mistakes(definition(scheme + "://127.0.0.1:" + port)))
                    .anyMatch(mistake -> mistake.equals("url: a port is from 1 to 65535"));
        }
    }

    private static Boolean asked(String... conditions) {
        var asked = new AtomicReference<Boolean>();
        run(
                given -> {
                    asked.set(given.body());
                    return Map.of();
                },
                conditions);
        return Objects.requireNonNull(asked.get());
    }
}
