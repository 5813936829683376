package dev.tocsin.notifier.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTextTest {
    @Test
    void itSaysWhoIsCutOffWhoReportsItAndWhatExplainsIt() {
        var event =
                IncidentEvent.newBuilder(Events.opened("i1"))
                        .setRegions(
                                List.of(
                                        RegionStatus.newBuilder()
                                                .setRegion("ap-south")
                                                .setVerdict(RegionVerdict.ISOLATED)
                                                .build()))
                        .setReportedBy(7)
                        .setRootIncidentId("i0")
                        .build();
        assertThat(MessageText.of(Events.message("d1", event, "route 1")).facts())
                .contains(
                        new MessageText.Fact("cut off", "ap-south"),
                        new MessageText.Fact("reported by", "7 users"),
                        new MessageText.Fact("explained by", "incident i0"));
        assertThat(MessageText.of(Events.message("d1", Events.opened("i1"), "route 1")).facts())
                .extracting(MessageText.Fact::name)
                .doesNotContain("cut off", "reported by", "explained by");
    }

    @ParameterizedTest
    @CsvSource({
        ",RECOVERED",
        "recovered,RECOVERED",
        "config_removed,REMOVED",
        "closed_by_hand,CLOSED",
        "of a later release,CLOSED"
    })
    void whatEndedIsSaidToHaveRecoveredOnlyWhereItHas(@Nullable String resolution, String word) {
        var event =
                IncidentEvent.newBuilder(Events.opened("i1"))
                        .setType(IncidentEventType.CLOSED)
                        .setOpen(false)
                        .setResolution(resolution)
                        .build();
        assertThat(MessageText.of(Events.message("d1", event, "route 1")).title())
                .startsWith(word + ": Shop");
    }

    @ParameterizedTest
    @CsvSource({"1,1st", "2,2nd", "3,3rd", "4,4th", "11,11th", "12,12th", "21,21st", "112,112th"})
    void ordinalsAreEnglish(int n, String expected) {
        assertThat(MessageText.ordinal(n)).isEqualTo(expected);
    }
}
