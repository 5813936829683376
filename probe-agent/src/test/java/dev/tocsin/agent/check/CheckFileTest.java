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
                "{ id: a, url: 'http://x/', regions: [a], incident: { quorum: most } } | checks[0].incident: quorum: \"most\"",
                "{ id: a, url: 'dns://x', regions: [a], dns: { query-name: x, query-type: ZZ } } | checks[0].dns.query-type: \"ZZ\""
            })
    void namesThePlaceOfEveryMistake(String check, String message) {
        assertThatThrownBy(() -> read("checks:\n  - " + check + "\n"))
                .hasMessageContaining(message);
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
