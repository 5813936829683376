package dev.tocsin.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Events;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTextTest {
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
        assertThat(EventText.of(event, "route 1").facts())
                .contains(
                        new EventText.Fact("cut off", "ap-south"),
                        new EventText.Fact("reported by", "7 users"),
                        new EventText.Fact("explained by", "incident i0"));
        assertThat(EventText.of(Events.opened("i1"), "route 1").facts())
                .extracting(EventText.Fact::name)
                .doesNotContain("cut off", "reported by", "explained by");
    }
}
