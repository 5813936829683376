package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidateCommandTest {
    @TempDir Path dir = Path.of(".");

    private Ran validate(String yaml) throws IOException {
        return Ran.of("validate", Files.writeString(dir.resolve("t.yaml"), yaml).toString());
    }

    /// As somebody does who has just cloned them: nothing is set.
    @ParameterizedTest
    @ValueSource(strings = {"agent.yaml", "mail.yaml", "stack.yaml", "tocsin.yaml", "folder"})
    void everyExampleIsFineAsShipped(String example) {
        var ran = Ran.of("validate", "-f", "../examples/" + example);
        assertThat(ran.out()).contains("fine: ");
        assertThat(ran.code()).isZero();
    }

    @Test
    void noExampleIsMissingAbove() throws IOException {
        try (var listed = Files.list(Path.of("../examples"))) {
            assertThat(listed.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "agent.yaml", "mail.yaml", "stack.yaml", "tocsin.yaml", "folder");
        }
    }

    @Test
    void aVariableThatIsNotSetIsAWarningAndWithStrictAMistake() {
        var file = "../examples/tocsin.yaml";
        assertThat(Ran.of("validate", file).out())
                .contains(
                        "warning: ../examples/tocsin.yaml:26: notify.targets[0].url: ${ONCALL_URL} is not set in the environment",
                        "fine: 4 checks");
        var strict = Ran.of("validate", "--strict", file);
        assertThat(strict.out()).contains("${ONCALL_SECRET} is not set").doesNotContain("fine");
        assertThat(strict.code()).isEqualTo(Exit.BAD);
    }

    @Test
    void aServiceThatIsNoneOfThoseThatAreNamedIsAWarning() throws IOException {
        var checks =
                """
                checks:
                  - { id: a, service: pays, url: "http://x/", regions: [eu] }
                  - { id: b, service: pays, url: "http://x/", regions: [eu] }
                  - { id: c, service: pay, url: "http://x/", regions: [eu] }
                  - { id: d, url: "http://x/", regions: [eu] }
                """;
        var ran = validate("services: [{ id: pay }, { id: mail }]\n" + checks);
        assertThat(ran.out().lines())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .startsWith("warning: ")
                                        .endsWith(
                                                "t.yaml:3: checks[0].service: \"pays\" is none of services: and in no group; is it \"pay\"?"),
                        line -> assertThat(line).startsWith("fine: 4 checks"));
        assertThat(ran.code()).isZero();
        assertThat(validate(checks).out()).as("where none is named").startsWith("fine: ");
        var group = "services: [{ id: pay }]\ngroups: [{ id: shop, services: [pays] }]\n";
        assertThat(validate(group + checks).out()).as("in a group").startsWith("fine: ");
        var slip = "services: [{ id: pay }]\ngroups: [{ id: shop, services: [pay, pys] }]\n";
        assertThat(
                        validate(
                                        slip
                                                + "checks: [{ id: a, service: pay, url: 'http://x/', regions: [eu] }]")
                                .out())
                .contains(
                        "t.yaml:2: groups[0].services[1]: \"pys\" is none of services: and of no check; there is pay");
        assertThat(validate("services: [{ id: pay }]\nchecks: shop\n").out().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("t.yaml:2: checks: "));
    }

    @Test
    void eachOfSeveralFilesIsAConfigurationOfItsOwn() {
        var ran =
                Ran.of(
                        "validate",
                        "../examples/mail.yaml",
                        "nosuch.yaml",
                        "../examples/tocsin.yaml");
        assertThat(ran.out())
                .contains("mail.yaml fine: 4 checks, 2 targets", "nosuch.yaml: no such file")
                .contains("tocsin.yaml fine: 4 checks");
        assertThat(ran.code()).isEqualTo(Exit.BAD);
    }

    @Test
    void allMistakesAreToldInOneRunEachWithItsPlace() throws IOException {
        var ran =
                validate(
                        """
                        chekcs: []
                        services:
                          - { id: Mail }
                          - { id: calls, name: "a\u202Eb" }
                        checks:
                          - { id: a, url: "ftp://x" }
                          - { id: b, url: "http://x/", regions: [eu/west] }
                          - { id: c, url: "http://x/", regions: [eu], intervall: 3s, timeot: 2s, http: { methd: GET } }
                          - { id: d, url: "http://x/", regions: [eu], interval: soon, timeout: 1h }
                        notify:
                          targets:
                            - { id: a/b, type: webhook }
                            - { id: hook, type: webhook, url: "${NOT_SET_HERE}", secret: "nonsense" }
                            - { id: mail, type: fax }
                          routes:
                            - { targets: [hook, mail, nobody] }
                        admin: { port: 99999 }
                        status-page: { titel: x }
                        agent: { region: eu, concurrency: 0 }
                        """);
        assertThat(ran.out().lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("t.yaml:1: chekcs: unknown key"),
                        line -> assertThat(line).contains(":3: services[0].id: \"Mail\" must be"),
                        line ->
                                assertThat(line)
                                        .contains(":4: services[1].name: has the character U+202E"),
                        line -> assertThat(line).contains(":6: checks[0].url: \"ftp://x\""),
                        line ->
                                assertThat(line)
                                        .contains(":7: checks[1].regions: \"eu/west\" must be"),
                        line -> assertThat(line).contains(":8: checks[2].intervall: unknown key"),
                        line -> assertThat(line).contains(":8: checks[2].timeot: unknown key"),
                        line -> assertThat(line).contains(":8: checks[2].http.methd: unknown key"),
                        line ->
                                assertThat(line)
                                        .contains(":9: checks[3].interval: \"soon\" is not"),
                        line -> assertThat(line).contains(":12: notify.targets[0].id: at most"),
                        line -> assertThat(line).contains(":14: notify.targets[2].type: \"fax\""),
                        line ->
                                assertThat(line)
                                        .contains(":16: notify.routes[0].targets: \"nobody\""),
                        line -> assertThat(line).contains(":17: admin: port: must be from 0"),
                        line -> assertThat(line).contains(":18: status-page.titel: unknown key"),
                        line -> assertThat(line).contains(":19: agent.concurrency: at least 1"),
                        line -> assertThat(line).contains("warning: ", ":13: ", "${NOT_SET_HERE}"));
        assertThat(ran.code()).isEqualTo(Exit.BAD);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checks: [{ id: a, name: '', url: 'http://x/', regions: [eu] }] | checks[0].name: must not be empty",
                "checks: [{ id: a, name: \"a\\rb\", url: 'http://x/', regions: [eu] }] | checks[0].name: has the character U+000D",
                "checks: [{ id: a, service: \"a\\nb\", url: 'http://x/', regions: [eu] }] | checks[0].service: has the character U+000A",
                "checks: [{ id: a, labels: { k: \"\\u2066\" }, url: 'http://x/', regions: [eu] }] | checks[0].labels: has the character U+2066",
                "checks: [{ id: a, url: 'http://x/', regions: [''] }] | checks[0].regions: ",
                "services: [{ id: a, name: ' ' }] | services[0].name: must not be empty",
                "groups: [{ id: a, name: \"\\u202E\" }] | groups[0].name: has the character U+202E",
                "agent: { region: eu/west } | agent.region: ",
                "agent: { region: eu, id: a/b } | agent.id: must be",
                "agent: { region: eu, spool-mb: 1 } | agent.spool-mb: at least 32",
                "status-page: { title: \"a\\nb\" } | status-page: title: has the character U+000A",
                "status-page: { port: -1 } | status-page: port: must be"
            })
    void namesAndNumbersThatCannotBeAreRefusedWithTheirPlace(String yaml, String message)
            throws IOException {
        var ran = validate(yaml);
        assertThat(ran.out()).contains("t.yaml:1: " + message).doesNotContain("\tat ");
        assertThat(ran.code()).isEqualTo(Exit.BAD);
    }
}
