package dev.tocsin.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What makes no sense is refused before Kafka is asked.
class MaintenanceCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--for 1h | none is given, which would be maintenance of everything; --all",
                "--for 1h --all --check shop | --all is all of it",
                "--for soon --all | \"soon\" is not a duration",
                "--for 0s --all | must be longer than nothing",
                "--for 1h --check shop --from noon | --from: \"noon\" is not a time",
                "--for 1h --check shop --from 2026-12-06T02:00 --time-zone Berlin | --time-zone: \"Berlin\" is no time zone",
                "--for 1h --check shop --from 2020-01-01T00:00Z | --from: it is over already, since 2020-01-01T01:00:00Z",
                "--for 1h --check shop --from 2020-01-01T00:00Z --rrule FREQ=DAILY;COUNT=3 | --from: it is over already",
                "--for 1h --check shop --rrule FREQ=SOMETIMES | --rrule: "
            })
    void isRefusedInALine(String options, String why) {
        var ran = Ran.of(("maintenance add w " + options).split(" "));
        assertThat(ran.out()).contains(why).doesNotContain("\tat ");
        assertThat(ran.code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void anIdThatEveryEventWouldHaveToCarryIsRefused() {
        var ran = Ran.of("maintenance", "add", "w".repeat(201), "--for", "1h", "--all");
        assertThat(ran.out())
                .contains("ID: a window's id has at most 200 characters, and not 201")
                .doesNotContain("\tat ");
        assertThat(ran.code()).isEqualTo(Exit.USAGE);
    }
}
