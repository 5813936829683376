package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    record Sample(@Nullable Duration waitFor, @Nullable String name, @Nullable List<String> tags) {
        Sample {
            if (name != null && name.isEmpty()) {
                throw new IllegalArgumentException("name: must not be empty");
            }
        }
    }

    @TempDir Path dir = Path.of(".");

    private ConfigFile load(String yaml) throws IOException {
        return ConfigFile.load(
                Files.writeString(dir.resolve("t.yaml"), yaml),
                Map.of("WHO", "a: \"b\""),
                Set.of("checks"));
    }

    private Sample sample(String yaml) throws IOException {
        return load(yaml).section("x", Sample.class).orElseThrow();
    }

    @Test
    void bindsDurationsListsAndEnvironment() throws IOException {
        var sample = sample("x:\n  wait-for: 1h30m\n  name: hi ${WHO}\n  tags: one\n");
        assertThat(sample.waitFor()).isEqualTo(Duration.ofMinutes(90));
        assertThat(sample.name()).isEqualTo("hi a: \"b\"");
        assertThat(sample.tags()).containsExactly("one");
    }

    @Test
    void leavesVariablesInVerbatimSections() throws IOException {
        assertThat(load("checks:\n  - ${NOT_SET}\n").list("checks").getFirst().node().asText())
                .isEqualTo("${NOT_SET}");
    }

    @Test
    void namesFileLineAndKeyOfAnUnknownKey() {
        assertThatThrownBy(() -> sample("x:\n  name: a\n  nam: b\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching(
                        ".*t\\.yaml:3: x\\.nam: unknown key; known here: name, tags, wait-for");
    }

    @Test
    void namesFileLineAndKeyOfABadValue() {
        assertThatThrownBy(() -> sample("x:\n  name: a\n  wait-for: soon\n"))
                .hasMessageMatching("(?s).*t\\.yaml:3: x\\.wait-for: \"soon\" is not a duration.*");
        assertThatThrownBy(() -> sample("x:\n  name: \"\"\n"))
                .hasMessageMatching(".*t\\.yaml:1: x: name: must not be empty");
    }

    @Test
    void namesTheLineOfMalformedYaml() {
        assertThatThrownBy(() -> load("x:\n  name: [a\n"))
                .hasMessageMatching("(?s).*t\\.yaml:\\d+: not valid YAML: .*");
    }

    @Test
    void namesTheVariableThatIsNotSet() {
        assertThatThrownBy(() -> sample("x:\n  name: ${MISSING}\n"))
                .hasMessageMatching(
                        ".*t\\.yaml:2: x\\.name: \\$\\{MISSING} is not set in the environment");
    }

    /// `${ONCALL_URL}` of the notifier's section kept an agent from starting.
    @Test
    void whoDoesNotUseASectionNeedsNoneOfItsSecrets() throws IOException {
        var config = load("x:\n  name: ${WHO}\ny:\n  name: ${MISSING}\nz: ['${MISSING}']\n");
        assertThat(config.section("x", Sample.class)).isPresent();
        assertThatThrownBy(() -> config.section("y", Sample.class))
                .hasMessageMatching(".*t\\.yaml:4: y\\.name: \\$\\{MISSING} is not set.*");
        assertThatThrownBy(() -> config.list("z"))
                .hasMessageMatching(".*t\\.yaml:5: z\\[0]: \\$\\{MISSING} is not set.*");
    }

    @Test
    void aSecretMayBeInAFile() throws IOException {
        var file = Files.writeString(dir.resolve("secret"), "a secret\n");
        assertThat(sample("x:\n  name-file: %s\n".formatted(file)).name()).isEqualTo("a secret");
        assertThatThrownBy(() -> sample("x:\n  name: a\n  name-file: %s\n".formatted(file)))
                .hasMessageMatching(
                        ".*t\\.yaml:3: x\\.name-file: name, name-file: give one of them");
        assertThatThrownBy(() -> sample("x:\n  name-file: %s\n".formatted(dir.resolve("no"))))
                .hasMessageMatching(
                        ".*t\\.yaml:2: x\\.name-file: .*/no cannot be read: NoSuchFileException");
        assertThatThrownBy(() -> sample("x:\n  nam-file: %s\n".formatted(file)))
                .hasMessageMatching(".*t\\.yaml:2: x\\.nam: unknown key; .*")
                .hasMessageNotContaining("a secret");
    }

    @Test
    void aVariableMayBeInAFileThatAnotherNames() throws IOException {
        var file = Files.writeString(dir.resolve("secret"), "line 1\nline 2\r\n\n");
        var config =
                ConfigFile.load(
                        Files.writeString(dir.resolve("t.yaml"), "x: { name: '<${A}> ${B}' }\n"),
                        Map.of("A_FILE", file.toString(), "B", "b", "B_FILE", "not read"),
                        Set.of());
        assertThat(config.section("x", Sample.class).orElseThrow().name())
                .isEqualTo("<line 1\nline 2> b");
        var none =
                ConfigFile.load(
                        dir.resolve("t.yaml"), Map.of("A_FILE", "/nowhere/at-all"), Set.of());
        assertThatThrownBy(() -> none.section("x", Sample.class))
                .hasMessageContaining("${A}: /nowhere/at-all cannot be read: NoSuchFileException");
    }

    @Test
    void filesStayVerbatimToo() throws IOException {
        assertThat(load("checks:\n  - { url-file: /x }\n").list("checks").getFirst().node())
                .hasToString("{\"url-file\":\"/x\"}");
    }

    @Test
    void refusesUnknownTopLevelKeysAndMissingFiles() {
        assertThatThrownBy(() -> load("y: 1\n").only(Set.of("x")))
                .hasMessageContaining("t.yaml:1: y: unknown key; known here: x");
        assertThatThrownBy(() -> ConfigFile.load(dir.resolve("no.yaml"), Map.of(), Set.of()))
                .hasMessageContaining("no such file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "\n\n", "# only words\n", "---\n", "---\n...\n", "\uFEFF", "{}"})
    void aFileThatHoldsNothingIsAMistakeAndNoEmptyConfiguration(String text) {
        assertThatThrownBy(() -> load(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("t.yaml")
                .hasMessageMatching(".*(holds nothing|must hold keys and values)");
    }

    @Test
    void soIsAFolderOfSuchFiles() throws IOException {
        Files.writeString(dir.resolve("a.yaml"), "");
        Files.writeString(dir.resolve("b.yaml"), "# later\n");
        assertThatThrownBy(() -> ConfigFile.load(dir, Map.of(), Set.of()))
                .hasMessage(dir + ": holds nothing");
    }

    @Test
    void mergesAFolder() throws IOException {
        Files.writeString(dir.resolve("a.yaml"), "x: { name: a }\nl: [1]\n");
        Files.writeString(dir.resolve("b.yml"), "x: { tags: [t] }\nl: [2]\n");
        var config = ConfigFile.load(dir, Map.of(), Set.of());
        assertThat(config.section("x", Sample.class)).contains(new Sample(null, "a", List.of("t")));
        assertThat(config.list("l")).hasSize(2);
        Files.writeString(dir.resolve("c.yaml"), "x: { name: c }\n");
        assertThatThrownBy(() -> ConfigFile.load(dir, Map.of(), Set.of()))
                .hasMessageContaining("x.name: is set again in");
    }

    @Test
    void tellsEveryMistakeOfASectionOnce() {
        assertThatThrownBy(() -> sample("x:\n  wait-for: soon\n  nam: b\n  tagz: [c]\n"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e ->
                                assertThat(e.mistakes())
                                        .satisfiesExactlyInAnyOrder(
                                                one ->
                                                        assertThat(one)
                                                                .contains(
                                                                        "t.yaml:2: x.wait-for: \"soon\""),
                                                one ->
                                                        assertThat(one)
                                                                .contains(
                                                                        "t.yaml:3: x.nam: unknown key"),
                                                one ->
                                                        assertThat(one)
                                                                .contains(
                                                                        "t.yaml:4: x.tagz: unknown key")));
    }

    @Test
    void inADraftWhatStandsAboveAVariableThatIsNotSetIsNoMistake() throws IOException {
        var draft =
                ConfigFile.draft(
                        Files.writeString(
                                dir.resolve("d.yaml"), "x: { name: '${A}/${B}', tagz: 1 }\n"),
                        Map.of(),
                        Set.of());
        assertThat(draft.unset()).as("not looked at yet").isEmpty();
        assertThat(draft.section("x", Map.class)).isPresent();
        assertThat(draft.unset())
                .satisfiesExactly(
                        one ->
                                assertThat(one)
                                        .endsWith(
                                                "d.yaml:1: x.name: ${A} is not set in the environment"),
                        one -> assertThat(one).contains("x.name: ${B} is not set"));
        assertThat(draft.error("/x", "perhaps").mistakes()).isEmpty();
        assertThat(draft.error("/x/name", "perhaps").mistakes()).isEmpty();
        assertThat(draft.error("/x/tagz", "surely").mistakes()).hasSize(1);
    }

    record Strict(@Nullable Duration waitFor, @Nullable Integer count, @Nullable String host) {
        Strict {
            if (host != null && host.contains(" ")) { // as a library that shows a part of it
                throw new IllegalArgumentException(
                        "Invalid host: \"" + host.substring(8).toLowerCase(Locale.ROOT) + "\"");
            }
        }
    }

    @Test
    void whatWasFilledInStandsInNoMessageAndNoPartOfIt() throws IOException {
        var secret = Files.writeString(dir.resolve("secret"), "https://Correct horse battery/x");
        for (var line :
                List.of(
                        "wait-for: '${S}'",
                        "count: '${S}'",
                        "host: '${S}'",
                        "host: 'https://h.${S}'",
                        "host-file: '" + secret + "'")) {
            var config =
                    ConfigFile.load(
                            Files.writeString(dir.resolve("s.yaml"), "x:\n  " + line + "\n"),
                            Map.of("S", "https://Correct horse battery/x"),
                            Set.of());
            assertThatThrownBy(() -> config.section("x", Strict.class))
                    .as(line)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("s.yaml:")
                    .satisfies(e ->
                            assertThat(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT))
                                    .doesNotContain("correct", "horse", "battery"));
        }
    }

    @Test
    void aShortSecretIsHiddenAsAWholeAndHidesNothingElse() {
        assertThat(Secrets.hide("port 8443 of abc", "abc", "${S}")).isEqualTo("port 8443 of ${S}");
        assertThat(Secrets.hide("a or b", "a", "${S}")).isEqualTo("a or b");
        assertThat(Secrets.hide("must be whsec_, or https://", "whsec_abcdef", "${S}"))
                .isEqualTo("must be whsec_, or https://");
        assertThat(Secrets.hide("hidden s3cretpart", "my-s3cretpart-1", "${S}"))
                .isEqualTo("hidden ${S}");
    }
}
