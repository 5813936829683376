package dev.tocsin.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.page.view.Status;
import dev.tocsin.page.view.View;
import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Keys;
import dev.tocsin.schemas.RegionVerdict;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// An outage and its services are called the same, on the page and for programs, which have one view.
class OutageWordTest extends OnABoard {
    private void works(String check, String service) {
        check(check, service);
        heard(check, "us", NOW);
        heard(check, "eu", NOW);
    }

    private static IncidentEvent down(String check, String service, RegionVerdict eu) {
        return IncidentEvent.newBuilder(
                        event("i-" + check, IncidentKind.DOWN, true, RegionVerdict.FAILING, eu))
                .setKey(check)
                .setCheckId(check)
                .setService(service)
                .setOutageId("o1")
                .build();
    }

    private static IncidentEvent outage(RegionVerdict eu, String... services) {
        return IncidentEvent.newBuilder(outage(eu))
                .setKey("outage:default")
                .setService(null)
                .setServices(List.of(services))
                .build();
    }

    private static IncidentEvent over(IncidentEvent event) {
        return IncidentEvent.newBuilder(event).setOpen(false).setEndedAt(NOW).build();
    }

    private Status ofService(String id) {
        return view().services().stream()
                .filter(service -> service.id().equals(id))
                .findFirst()
                .orElseThrow()
                .status();
    }

    /// Issue 15: it was a major one, since the check that fails does everywhere.
    @Test
    void whereSomeOfItsServiceWorksAnOutageIsPartialAlsoWhenItIsOver() {
        works("mail-read", "mail");
        works("mail-send", "mail");
        var part = down("mail-read", "mail", RegionVerdict.FAILING);
        incident(part);
        incident(outage(RegionVerdict.FAILING, "mail"));
        assertThat(ofService("mail")).isEqualTo(Status.PARTIAL_OUTAGE);
        assertThat(view().incidents().getFirst().status()).isEqualTo(Status.PARTIAL_OUTAGE);
        assertThat(view().services().getFirst().regions())
                .as("so are its regions")
                .extracting(View.Region::status)
                .containsOnly(Status.PARTIAL_OUTAGE);
        assertThat(view().status()).isEqualTo(Status.PARTIAL_OUTAGE);

        var counted =
                CheckHour.newBuilder()
                        .setCheckId("mail-send")
                        .setRegion("us")
                        .setAgentId("us-1")
                        .setBootEpoch(1)
                        .setHour(NOW.truncatedTo(ChronoUnit.HOURS))
                        .setOutcomes(Map.of("PASS", 1L))
                        .setUpdatedAt(NOW)
                        .build();
        incident(over(part));
        incident(over(outage(RegionVerdict.FAILING, "mail")));
        assertThat(view().recent().getFirst().status())
                .as("what came later was not there to work")
                .isEqualTo(Status.MAJOR_OUTAGE);
        board.hour(Keys.of(counted), counted, NOW, NOW);
        assertThat(view().recent().getFirst().status()).isEqualTo(Status.PARTIAL_OUTAGE);
    }

    @Test
    void whereOneOfItsServicesIsAllOutItIsMajor() {
        works("mail-read", "mail");
        works("store", "store");
        incident(down("mail-read", "mail", RegionVerdict.FAILING));
        incident(down("store", "store", RegionVerdict.PASSING));
        incident(outage(RegionVerdict.PASSING, "mail", "store"));
        assertThat(ofService("mail")).isEqualTo(Status.MAJOR_OUTAGE);
        assertThat(ofService("store")).isEqualTo(Status.PARTIAL_OUTAGE);
        assertThat(view().incidents().getFirst().status()).isEqualTo(Status.MAJOR_OUTAGE);
    }

    @Test
    void whereItsServicesAreDegradedItIsNoMoreThanThat() {
        works("mail-read", "mail");
        var slow =
                IncidentEvent.newBuilder(
                                event(
                                        "i-mail-read",
                                        IncidentKind.DEGRADED,
                                        true,
                                        RegionVerdict.DEGRADED,
                                        RegionVerdict.DEGRADED))
                        .setKey("mail-read")
                        .setCheckId("mail-read")
                        .setService("mail")
                        .setOutageId("o1")
                        .build();
        incident(slow);
        incident(outage(RegionVerdict.DEGRADED, "mail"));
        assertThat(ofService("mail")).isEqualTo(Status.DEGRADED_PERFORMANCE);
        assertThat(view().incidents().getFirst().status()).isEqualTo(Status.DEGRADED_PERFORMANCE);
        incident(over(slow));
        incident(over(outage(RegionVerdict.DEGRADED, "mail")));
        assertThat(view().recent().getFirst().status()).isEqualTo(Status.DEGRADED_PERFORMANCE);
    }

    /// As when its parts are not read yet, or nobody decides any more.
    @Test
    void whereNothingIsKnownOfItsServicesItIsWhatItSays() {
        incident(outage(RegionVerdict.FAILING, "mail"));
        assertThat(view().incidents().getFirst().status()).isEqualTo(Status.MAJOR_OUTAGE);
        incident(down("mail-read", "mail", RegionVerdict.FAILING));
        assertThat(view().incidents().getFirst().status()).isEqualTo(Status.MAJOR_OUTAGE);
    }

    /// No engine writes it; a page that meets it goes on.
    @Test
    void anOutageThatSaysItIsPartOfItselfIsShown() {
        works("mail-read", "mail");
        var odd =
                IncidentEvent.newBuilder(outage(RegionVerdict.FAILING, "mail"))
                        .setCheckId("mail-read")
                        .setService("mail")
                        .setOutageId("o1")
                        .build();
        incident(odd);
        assertThat(ofService("mail")).isEqualTo(Status.OPERATIONAL);
        incident(over(odd));
        assertThat(view().recent()).isEmpty();
    }
}
