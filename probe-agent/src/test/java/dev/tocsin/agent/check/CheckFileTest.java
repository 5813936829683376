package dev.tocsin.agent.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.service.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckFileTest {
    @TempDir Path dir = Path.of(".");

    private List<CheckDefinition> read(String yaml) throws IOException {
        return CheckFile.read(
                ConfigFile.load(
                        Files.writeString(dir.resolve("c.yaml"), yaml),
                        Map.of(),
                        Set.of("checks", "defaults")));
    }

    @Test
    void readsACheckWithDefaultsAndKeepsSecretsAsWritten() throws IOException {
        var check =
                read("""
                defaults: { interval: 20s, regions: [us, eu] }
                checks:
                  - id: shop
                    url: https://shop.example/?k=${TOCSIN_SECRET_K}
                    http: { method: POST, body: "${TOCSIN_SECRET_K}" }
                    incident: { quorum: 50%, failure-threshold: 1 }
                """)
                        .getFirst();
        assertThat(check.getIntervalMs()).isEqualTo(20_000);
        assertThat(check.getUrl()).contains("${TOCSIN_SECRET_K}");
        assertThat(check.getProbeSpec()).contains("${TOCSIN_SECRET_K}");
        assertThat(check.getRegions()).containsExactly("us", "eu");
        assertThat(check.getIncident().getQuorum()).isEqualTo("50%");
        assertThat(check.getConfigVersion()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ id: A!, url: 'http://x/', regions: [a] } | c.yaml:2: checks[0].id: \"A!\" must be",
                "{ id: a, url: 'ftp://x/', regions: [a] } | checks[0].url: \"ftp://x/\" has no scheme",
                "{ id: a, url: 'tcp://x', regions: [a] } | checks[0].url: needs host and port",
                "{ id: a, url: 'http://x/', regions: [a], intervall: 3s } | checks[0].intervall: unknown key",
                "{ id: a, url: 'http://x/', regions: [a], http: { methd: GET } } | checks[0].http.methd: unknown key",
                "{ id: a, url: 'http://x/' } | checks[0].regions: at least one",
                "{ id: a, url: 'http://x/', regions: [a], timeout: 1h } | checks[0].timeout: from 1ms",
                "{ id: a, url: 'http://x/', regions: [a], conditions: ['[STATUS]=200'] } | checks[0].conditions: \"[STATUS]=200\" is not",
                "{ id: a, url: 'http://x/', regions: [a], incident: { quorum: most } } | checks[0].incident.quorum: \"most\"",
                "{ id: a, url: 'dns://x', regions: [a], dns: { query-name: x, query-type: ZZ } } | checks[0].dns.query-type: \"ZZ\""
            })
    void namesThePlaceOfEveryMistake(String check, String message) {
        assertThatThrownBy(() -> read("checks:\n  - " + check + "\n"))
                .hasMessageContaining(message);
    }

    @Test
    void tellsAllThatIsWrongWithOneCheckAndOnceForEachKey() {
        var file = dir.resolve("c.yaml");
        assertThatThrownBy(() ->
                        read(
                                """
                                checks:
                                  - id: Shop
                                    url: http://x/
                                    name: "a\\u202eb"
                                    labels: { "a\\u0007": b, c: "d\\u0007" }
                                    regions: [EU, US]
                                    interval: 10s
                                    timeout: 11s
                                    retry-interval: 1ms
                                    conditions: ["[STATUS]=200"]
                                    degraded-conditions: ["[STATUS]=201"]
                                    incident: { quorum: 7, severity: bad }
                                """))
                .hasMessage(
                        String.join(
                                System.lineSeparator(),
                                file
                                        + ":2: checks[0].id: \"Shop\" must be 1 to 100 of a-z 0-9 . _ -",
                                file + ":8: checks[0].timeout: from 1ms to the interval",
                                file
                                        + ":6: checks[0].regions: \"EU\" must be 1 to 50 of a-z 0-9 -, e.g. eu-west",
                                file
                                        + ":4: checks[0].name: has the character U+202E, which nobody sees",
                                file
                                        + ":5: checks[0].labels: has the character U+0007, which nobody sees",
                                file + ":9: checks[0].retry-interval: at least 100ms",
                                file
                                        + ":12: checks[0].incident.quorum: 7 regions are wanted, and the check has 2: it would never fire",
                                file
                                        + ":12: checks[0].incident.severity: \"bad\" is not critical, error, warning or info",
                                file
                                        + ":10: checks[0].conditions: \"[STATUS]=200\" is not a condition; write it as [STATUS] == 200",
                                file
                                        + ":11: checks[0].degraded-conditions: \"[STATUS]=201\" is not a condition; write it as [STATUS] == 200"));
    }

    /// Those of `cases/prober/hostile-yaml` whose policy could never fire, or that have no bound.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "incident: { window: -1m } | checks[0].incident.window: \"-1m\" is not a duration",
                "incident: { failure-threshold: 99999999999 } | checks[0].incident.failure-threshold: ",
                "incident: { failure-threshold: 101 } | checks[0].incident.failure-threshold: 101 is not from 1 to 100",
                "incident: { success-threshold: 0 } | checks[0].incident.success-threshold: 0 is not from 1 to 100",
                "incident: { quorum: 0 } | checks[0].incident.quorum: at least 1",
                "incident: { quorum: 150% } | checks[0].incident.quorum: \"150%\" is not from 1% to 100%",
                "incident: { quorum: 7 } | checks[0].incident.quorum: 7 regions are wanted, and the check has 1",
                "incident: { min-regions: 9 } | checks[0].incident.min-regions: 9 regions are wanted, and the check has 1",
                "interval: 1h, incident: { window: 1s, failure-threshold: 50 } | checks[0].incident.window: 1s is shorter than 50 failures take",
                "incident: { success-threshold: 50 } | checks[0].incident.success-threshold: 50 passes take longer, one every 7500ms, than the window of 150s: it would never close",
                "incident: { stale-after: 5s } | checks[0].incident.stale-after: 5s is shorter than the interval, 30s: every region would be silent",
                "retry-interval: 0s | checks[0].retry-interval: at least 100ms",
                "incident: { failures: 3 } | checks[0].incident.of: give failures and of",
                "incident: { failures: 6, of: 5 } | checks[0].incident.failures: 6 is not from 1 to 5",
                "interval: 999999999999d | checks[0].interval: \"999999999999d\" is longer than can be counted",
                "interval: 99999999999999999999s | checks[0].interval: \"99999999999999999999s\" is longer than can be counted",
                "interval: 367d | checks[0].interval: at most 366d",
                "conditions: [ null ] | checks[0]: conditions: one of them is empty",
                "service: \"a\\nb\" | checks[0].service: has the character U+000A",
                "incident: { severity: bad } | checks[0].incident.severity: \"bad\" is not critical"
            })
    void aPolicyThatCanNeverFireIsRefusedWithItsPlace(String rest, String message) {
        assertThatThrownBy(() ->
                        read(
                                "defaults: { interval: 30s, regions: [local] }\nchecks:\n  - id: a\n    url: 'http://x/'\n    "
                                        + rest.replace(", incident", "\n    incident")
                                        + "\n"))
                .hasMessageStartingWith(dir.resolve("c.yaml") + ":")
                .hasMessageContaining(message);
    }

    @Test
    void aMistakeIsPlacedWhereItWasWrittenAlsoAmongTheDefaults() {
        assertThatThrownBy(() ->
                        read(
                                """
                                defaults:
                                  regions: [us]
                                  incident:
                                    quorum: 2
                                checks:
                                  - { id: a, url: 'http://x/' }
                                """))
                .hasMessage(
                        dir.resolve("c.yaml")
                                + ":4: defaults.incident.quorum: 2 regions are wanted, and the check has 1: it would never fire");
    }

    @Test
    void whatWouldNotFitIntoARecordIsRefusedBeforeAnythingIsPublished() {
        var conditions =
                java.util.stream.IntStream.range(0, 4000)
                        .mapToObj(i -> "'[STATUS] != " + (1000 + i) + "'")
                        .collect(java.util.stream.Collectors.joining(", "));
        assertThatThrownBy(() ->
                        read(
                                "checks:\n  - { id: a, url: 'http://x/', regions: [us], conditions: ["
                                        + conditions
                                        + "] }\n"))
                .hasMessageMatching(
                        "(?s).*c.yaml:2: checks\\[0]: takes \\d+ bytes as a record of checks; at most 65024 fit");
        var services =
                java.util.stream.IntStream.range(0, 10_000)
                        .mapToObj(i -> "service-" + i)
                        .collect(java.util.stream.Collectors.joining(", "));
        assertThatThrownBy(() -> read("groups: [{ id: all-of-it, services: [" + services + "] }]"))
                .hasMessageContaining("groups[0]: takes ")
                .hasMessageContaining(" bytes as a record of catalog; at most");
    }

    @Test
    void whatDependsOnNothingThereOrOnItselfInACircleIsRefused() {
        assertThatThrownBy(() ->
                        read(
                                """
                                defaults: { regions: [us] }
                                checks:
                                  - { id: shop, url: 'http://x/', depends-on: [dsn] }
                                """))
                .hasMessage(
                        dir.resolve("c.yaml")
                                + ":3: checks[0].depends-on: there is no check \"dsn\" here");
        assertThatThrownBy(() ->
                        read(
                                """
                                defaults: { regions: [us] }
                                checks:
                                  - { id: shop, url: 'http://x/', depends-on: [db] }
                                  - { id: db, url: 'http://x/', depends-on: [dns] }
                                  - { id: dns, url: 'http://x/', depends-on: [shop] }
                                """))
                .hasMessageContaining("checks[0].depends-on: a circle: shop -> db -> dns -> shop");
    }

    @Test
    void aServicesGroupIsItsChecksGroupAndTheRestIsOne() throws IOException {
        var checks =
                read(
                        """
                        defaults: { regions: [us] }
                        services: [{ id: mail, name: Mail }]
                        groups: [{ id: consumer, services: [mail] }]
                        checks:
                          - { id: read, service: mail, url: 'http://x/' }
                          - { id: other, url: 'http://x/' }
                        """);
        assertThat(checks.stream().map(CheckDefinition::getGroup))
                .containsExactly("consumer", "all");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services: [{ id: Mail }] | services[0].id: \"Mail\" must be",
                "services: [{ id: a }, { id: a }] | services[1].id: \"a\" is used twice",
                "services: [{ id: a, services: [b] }] | services[0].services: only a group",
                "groups: [{ id: a, services: [s] }, { id: b, services: [s] }] | groups[1].services: \"s\" is in two groups",
                "groups: [{ id: a, member: [s] }] | groups[0].member: unknown key"
            })
    void namesThePlaceOfEveryMistakeInTheCatalog(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml + "\n")).hasMessageContaining(message);
    }
}
