package dev.tocsin.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.page.board.Story;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An outage that grows and shrinks for hours is told of once a second.
class StoryTest extends OnABoard {
    private static IncidentEvent update(int i) {
        return IncidentEvent.newBuilder(outage(RegionVerdict.PASSING))
                .setType(i == 0 ? IncidentEventType.OPENED : IncidentEventType.UPDATED)
                .setReason("number " + i)
                .setAt(NOW.plusSeconds(i))
                .setRegions(
                        List.of(
                                RegionStatus.newBuilder()
                                        .setRegion("r" + i / 1000)
                                        .setVerdict(RegionVerdict.FAILING)
                                        .build()))
                .build();
    }

    @Test
    void howItBeganWhatIsSaidToThePublicAndTheNewestAreKeptAndAllThatFailed() {
        for (int i = 0; i < 5000; i++) {
            incident(update(i));
            if (i == 100) {
                incident(note(update(i), "We are at it."));
            }
        }
        var told = board.told("o1");
        assertThat(told).hasSize(200);
        assertThat(told)
                .extracting(Story.Told::reason)
                .startsWith("number 0", "ann: db-7 is out of disk")
                .doesNotContain("number 4801")
                .contains("number 4802", "number 4999");
        assertThat(board.failed("o1")).containsExactly("r0", "r1", "r2", "r3", "r4");
        for (int i = 0; i < 300; i++) {
            incident(note(update(i), "note " + i));
        }
        assertThat(board.told("o1")).as("bounded, whatever is said").hasSize(200);
        assertThat(board.told("o1")).extracting(Story.Told::publicText).endsWith("note 299");
    }
}
