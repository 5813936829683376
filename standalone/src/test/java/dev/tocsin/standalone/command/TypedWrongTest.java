package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Words typed wrong are told in a line, exit with 2, and start nothing.
class TypedWrongTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "demo --for 5x | '--for': \"5x\" is not a duration",
                "demo --for 149s | '--for': the day takes 150s at least",
                "demo --for 0s | '--for': must be longer than nothing",
                "demo --port-base 99999 | '--port-base': 99999: must be a port from 1024 to 65530",
                "up --port-base 80 | '--port-base': 80: must be a port",
                "up --port-base x | '--port-base': \"x\": must be a port",
                "probe --timeout 0 http://x/ | '--timeout': \"0\" is not a duration",
                "probe --timeout abc http://x/ | '--timeout': \"abc\" is not a duration",
                "probe --timeout 0s http://x/ | '--timeout': must be longer than nothing",
                "simulate --days -3 | '--days': -3: must be a number, 1 or more",
                "admin bootstrap --partitions 0 | '--partitions': 0: must be a number, 1 or more",
                "admin dlq --limit 0 | '--limit': 0: must be a number, 1 or more",
                "snooze 7f --for 300000d | '--for': must be 3660d at most",
                "replay --back yesterday | '--back': \"yesterday\" is not a duration",
                "test-fire x --within 0ms | '--within': must be longer than nothing",
                "bench streams --rounds 0 | '--rounds': 0: must be a number, 1 or more",
                "bench streams --failing 101 | '--failing' (<failing>): 101: must be a number from 0 to 100",
                "bench bad-day --limit 5x | '--limit': \"5x\" is not a duration",
                "bench detection --years -1 | '--years': -1: must be a number",
                "bench notifier --answer-ms -1 | '--answer-ms': -1: must be a number, 0 or more",
                "no-such-command | 'no-such-command'",
                "incidents --folow | --follow"
            })
    void isToldInALine(String line, String message) {
        var ran = Ran.of(line.split(" "));
        assertThat(ran.out()).contains(message).doesNotContain("\tat ");
        assertThat(ran.out().lines().count()).isLessThanOrEqualTo(3);
        assertThat(ran.code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void whatPeopleReadInALineIsOne() {
        for (var words :
                List.of(
                        List.of(
                                "maintenance",
                                "add",
                                "w",
                                "--all",
                                "--for",
                                "1h",
                                "--title",
                                "a\nb"),
                        List.of("maintenance", "add", "w\u202E", "--all", "--for", "1h"),
                        List.of("annotate", "7f", "a\u001bb"),
                        List.of("ack", "7f", "a\rb"))) {
            var ran = Ran.of(words.toArray(String[]::new));
            assertThat(ran.out()).contains("has the character U+").doesNotContain("\tat ");
            assertThat(ran.code()).isEqualTo(Exit.USAGE);
        }
    }

    @Test
    void withoutACommandAllAreShown() {
        var ran = Ran.of("admin");
        assertThat(ran.out()).contains("Usage: tocsin admin", "bootstrap");
        assertThat(ran.code()).isEqualTo(Exit.USAGE);
    }
}
