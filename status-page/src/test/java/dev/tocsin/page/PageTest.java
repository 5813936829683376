package dev.tocsin.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.page.board.Board;
import dev.tocsin.page.board.Feed;
import dev.tocsin.page.board.Story;
import dev.tocsin.page.view.Status;
import dev.tocsin.page.view.View;
import dev.tocsin.page.view.Viewer;
import dev.tocsin.page.web.PageServer;
import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Scope;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the page says of what the topics said, and how it answers.
class PageTest extends OnABoard {
    @Test
    void nothingMeasuredIsUnknownAndNeverFine() {
        check("shop", "store");
        assertThat(view().status()).isEqualTo(Status.UNKNOWN);
        assertThat(view().stale()).isTrue();
        assertThat(view().dataAt()).isNull();
    }

    @Test
    void whatIsMeasuredAndHasNoIncidentIsFine() {
        healthy();
        board.entry(
                "service:store",
                CatalogEntry.newBuilder()
                        .setKind(CatalogKind.SERVICE)
                        .setId("store")
                        .setName("App Store")
                        .build());
        var service = view().services().getFirst();
        assertThat(service.status()).isEqualTo(Status.OPERATIONAL);
        assertThat(service.name()).isEqualTo("App Store");
        assertThat(view().dataAgeSeconds()).isEqualTo(3);
    }

    @Test
    void anIncidentShowsWhichRegionsFailAndWhichAreFine() {
        healthy();
        incident(
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.PASSING));
        var service = view().services().getFirst();
        assertThat(service.status()).isEqualTo(Status.PARTIAL_OUTAGE);
        assertThat(service.since()).isEqualTo(NOW.minusSeconds(60));
        assertThat(service.regions().stream().map(r -> r.id() + " " + r.status().code()))
                .containsExactly("eu operational", "us major_outage");
        var shown = view().incidents().getFirst();
        assertThat(shown.failing()).containsExactly("us");
        assertThat(shown.fine()).containsExactly("eu");
        assertThat(shown.recurrence()).isEqualTo("number 2 in 30 days");
    }

    @Test
    void aRegionThatIsNotHeardIsUnknownThere() {
        check("shop", "store");
        heard("shop", "us", NOW.minusSeconds(1));
        heard("shop", "eu", NOW.minusSeconds(60));
        var service = view().services().getFirst();
        assertThat(service.status()).isEqualTo(Status.UNKNOWN);
        assertThat(service.unknown()).isEqualTo("not measured in eu");
        assertThat(service.regions().stream().map(View.Region::status))
                .containsExactly(Status.UNKNOWN, Status.OPERATIONAL);
    }

    @Test
    void whenThePipelineFallsSilentEverythingTurnsUnknownAndSaysSinceWhen() {
        healthy();
        incident(
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING));
        var later = Viewer.view("Status", board, NOW.plusSeconds(30));
        assertThat(later.stale()).isTrue();
        assertThat(later.status()).isEqualTo(Status.UNKNOWN);
        assertThat(later.dataAt()).isEqualTo(NOW.minusSeconds(3));
        assertThat(later.dataAgeSeconds()).isEqualTo(33);
        decided(NOW.plusSeconds(29));
        assertThat(Viewer.view("Status", board, NOW.plusSeconds(30)).stale()).isFalse();
    }

    @Test
    void anOutageStandsForItsIncidents() {
        healthy();
        var child =
                IncidentEvent.newBuilder(
                                event(
                                        "i1",
                                        IncidentKind.DOWN,
                                        true,
                                        RegionVerdict.FAILING,
                                        RegionVerdict.PASSING))
                        .setOutageId("o1")
                        .build();
        incident(child);
        incident(
                IncidentEvent.newBuilder(outage(RegionVerdict.PASSING))
                        .setServices(List.of("mail", "store"))
                        .setChildren(
                                List.of(
                                        new OutageChild(
                                                "i1",
                                                "shop",
                                                "Shop",
                                                "store",
                                                IncidentKind.DOWN,
                                                true,
                                                Map.of())))
                        .build());
        assertThat(view().incidents()).hasSize(1);
        assertThat(view().incidents().getFirst().name()).isEqualTo("Outage of mail, store");
        assertThat(view().incidents().getFirst().status()).isEqualTo(Status.PARTIAL_OUTAGE);
    }

    @Test
    void whatFlapsAndPassesJustNowIsNoOutage() {
        healthy();
        var flaps =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.PASSING, RegionVerdict.PASSING);
        incident(IncidentEvent.newBuilder(flaps).setFlapping(true).build());
        assertThat(view().status()).isEqualTo(Status.OPERATIONAL);
        assertThat(view().services().getFirst().since())
                .as("since then it failed, and was not operational")
                .isNull();
        assertThat(view().incidents())
                .singleElement()
                .satisfies(one -> assertThat(one.words()).isEqualTo("flapping"));
        incident(
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING));
        assertThat(view().status()).isEqualTo(Status.MAJOR_OUTAGE);
    }

    @Test
    void aPastOutageIsCalledWhatItWasAtItsWorstAndHowItEnded() {
        healthy();
        var over =
                event(
                        "o1",
                        IncidentKind.OUTAGE,
                        false,
                        RegionVerdict.PASSING,
                        RegionVerdict.PASSING);
        incident(
                IncidentEvent.newBuilder(over)
                        .setScope(Scope.GLOBAL)
                        .setResolution("config_removed")
                        .build());
        assertThat(view().recent())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.status()).isEqualTo(Status.MAJOR_OUTAGE);
                    assertThat(one.words()).isEqualTo("removed");
                });
        incident(IncidentEvent.newBuilder(over).setResolution("closed_by_hand").build());
        assertThat(view().recent())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.status()).isEqualTo(Status.PARTIAL_OUTAGE);
                    assertThat(one.words()).isEqualTo("closed");
                });
        incident(over);
        assertThat(view().recent().getFirst().words()).isEqualTo("recovered");
    }

    @Test
    void whatReopenedFailsSinceThisTime() {
        healthy();
        var again =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING);
        incident(
                IncidentEvent.newBuilder(again)
                        .setFailingSince(NOW.minusSeconds(20))
                        .setFailingMs(30_000)
                        .build());
        assertThat(view().services().getFirst().since()).isEqualTo(NOW.minusSeconds(20));
        assertThat(view().incidents())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.startedAt()).isEqualTo(NOW.minusSeconds(60));
                    assertThat(one.failingSince()).isEqualTo(NOW.minusSeconds(20));
                    assertThat(one.failingMs()).isEqualTo(30_000);
                });
        incident(again);
        assertThat(view().services().getFirst().since()).isEqualTo(NOW.minusSeconds(60));
        assertThat(view().incidents().getFirst().failingSince()).isEqualTo(NOW.minusSeconds(60));
    }

    /// As was decided, by region, labels and recurrence.
    @Test
    void maintenanceIsSaidInsteadOfAnOutageThatItExplains() {
        healthy();
        window(null);
        var down =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING);
        incident(IncidentEvent.newBuilder(down).setSuppressedBy("maintenance:w").build());
        assertThat(view().services().getFirst().status()).isEqualTo(Status.UNDER_MAINTENANCE);
        assertThat(view().incidents().getFirst().status()).isEqualTo(Status.UNDER_MAINTENANCE);
        assertThat(view().maintenance().getFirst().now()).isTrue();
    }

    @Test
    void anOutageThatIsSnoozedOrOutsideOfTheWindowIsOne() {
        healthy();
        window(null);
        var down =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING);
        incident(down);
        assertThat(view().services().getFirst().status()).isEqualTo(Status.MAJOR_OUTAGE);
        incident(IncidentEvent.newBuilder(down).setSuppressedBy("snooze:ann").build());
        assertThat(view().services().getFirst().status()).isEqualTo(Status.MAJOR_OUTAGE);
        assertThat(view().incidents().getFirst().inMaintenance()).isFalse();
    }

    private void window(@Nullable String rrule) {
        board.window(
                "w",
                MaintenanceWindow.newBuilder()
                        .setWindowId("w")
                        .setTitle("Upgrade")
                        .setServices(List.of("store"))
                        .setStartsAt(NOW.minusSeconds(100))
                        .setEndsAt(NOW.plusSeconds(100))
                        .setRrule(rrule)
                        .build());
    }

    /// It has just started: what is open it does not know yet.
    @Test
    void beforeAllIsReadNothingIsFine() {
        var early = new Board();
        for (var feed : Feed.ALL) {
            assertThat(early.whole()).isFalse();
            assertThat(Viewer.view("Status", early, NOW).stale()).isTrue();
            early.read(feed);
        }
        assertThat(early.whole()).isTrue();
    }

    /// incident-streams is down: results alone make nothing green.
    @Test
    void whatIsMeasuredAndNobodyDecidesOnIsUnknown() {
        check("shop", "store");
        for (var region : List.of("us", "eu")) {
            measured("shop", region, NOW.minusSeconds(1), Outcome.PASS);
        }
        assertThat(view().status()).isEqualTo(Status.UNKNOWN);
        assertThat(view().stale()).isTrue();
        assertThat(view().dataAgeSeconds()).isEqualTo(1);
        assertThat(view().services().getFirst().unknown())
                .isEqualTo("nobody decides on what is measured");
        board.result(PARTITION + 1, null, NOW, NOW); // another's partition
        assertThat(view().stale()).isFalse();
        assertThat(view().status()).isEqualTo(Status.UNKNOWN);
        decided(NOW);
        assertThat(view().status()).isEqualTo(Status.OPERATIONAL);
    }

    /// One that fails now and then passes in between.
    @Test
    void whatFailsForLongAndHasNoIncidentIsUnknown() {
        healthy();
        measured("shop", "us", NOW, Outcome.FAIL);
        assertThat(view().status()).isEqualTo(Status.OPERATIONAL);
        var later = NOW.plusSeconds(40);
        measured("shop", "us", later, Outcome.FAIL);
        heard("shop", "eu", later);
        var service = Viewer.view("Status", board, later).services().getFirst();
        assertThat(service.status()).isEqualTo(Status.UNKNOWN);
        assertThat(service.unknown()).isEqualTo("failing and not yet judged in us");
        assertThat(service.regions().stream().map(View.Region::status))
                .containsExactly(Status.OPERATIONAL, Status.UNKNOWN);
    }

    @Test
    void aRegionThatIsCutOffIsUnknown() {
        healthy();
        var isolated =
                event(
                        "r1",
                        IncidentKind.REGION_ISOLATED,
                        true,
                        RegionVerdict.FAILING,
                        RegionVerdict.PASSING);
        incident(IncidentEvent.newBuilder(isolated).setKey("region:us").setCheckId(null).build());
        var service = view().services().getFirst();
        assertThat(service.status()).isEqualTo(Status.UNKNOWN);
        assertThat(service.regions().getLast().status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void ofAServiceOfWhichSomeWorksTheOutageIsPartial() {
        healthy();
        check("mail", "store");
        heard("mail", "us", NOW);
        heard("mail", "eu", NOW);
        incident(
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING));
        assertThat(view().services().getFirst().status()).isEqualTo(Status.PARTIAL_OUTAGE);
        assertThat(view().services().getFirst().checks().stream().map(View.Check::status))
                .containsExactly(Status.OPERATIONAL, Status.MAJOR_OUTAGE);
    }

    @Test
    void whatPeopleSayToOneAnotherIsNotForThePublic() {
        healthy();
        var opened =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING);
        incident(opened);
        for (var type :
                List.of(
                        IncidentEventType.ANNOTATED,
                        IncidentEventType.ACKNOWLEDGED,
                        IncidentEventType.UNACKNOWLEDGED,
                        IncidentEventType.SNOOZED,
                        IncidentEventType.SUPPRESSED,
                        IncidentEventType.UNSUPPRESSED,
                        IncidentEventType.CLOSED)) {
            incident(
                    IncidentEvent.newBuilder(opened)
                            .setType(type)
                            .setCommandId("c")
                            .setReason("ann: db-7 is out of disk")
                            .build());
        }
        assertThat(view().incidents().getFirst().lines())
                .extracting(View.Line::text)
                .containsExactly("by hand", "because <b>");
    }

    @Test
    void whatIsSaidToThePublicIsShownAndNothingElseOfTheNote() {
        healthy();
        var opened =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING);
        incident(opened);
        incident(note(opened, "We are at it."));
        assertThat(view().incidents().getFirst().lines())
                .extracting(View.Line::type, View.Line::text)
                .containsExactly(tuple("note", "We are at it."), tuple("opened", "because <b>"));
    }

    @Test
    void whatIsSaidOfAnOutageAndOfItsPartsStandsOnTheOutage() {
        healthy();
        var part =
                IncidentEvent.newBuilder(
                                event(
                                        "i1",
                                        IncidentKind.DOWN,
                                        true,
                                        RegionVerdict.FAILING,
                                        RegionVerdict.FAILING))
                        .setOutageId("o1")
                        .build();
        var outage = outage(RegionVerdict.FAILING);
        incident(part);
        incident(outage);
        incident(note(outage, "We are at it."));
        incident(note(part, "The shop comes first."));
        incident(note(part, null));
        assertThat(view().incidents())
                .singleElement()
                .satisfies(shown ->
                        assertThat(shown.lines())
                                .extracting(View.Line::text)
                                .containsExactly(
                                        "Shop: The shop comes first.",
                                        "We are at it.",
                                        "because <b>"));
    }

    @Test
    void ofTenThousandThatAreOpenWhatWasSaidOfTheOutageStands() {
        healthy();
        var outage = outage(RegionVerdict.FAILING);
        incident(outage);
        incident(note(outage, "We are at it."));
        for (int i = 0; i < 10_000; i++) {
            incident(
                    event(
                            "i" + i,
                            IncidentKind.DOWN,
                            true,
                            RegionVerdict.FAILING,
                            RegionVerdict.FAILING));
        }
        for (int i = 0; i < 2000; i++) {
            incident(
                    event(
                            "past" + i,
                            IncidentKind.DOWN,
                            false,
                            RegionVerdict.FAILING,
                            RegionVerdict.FAILING));
        }
        assertThat(board.told("o1")).extracting(Story.Told::publicText).contains("We are at it.");
        assertThat(board.told("i9999")).as("what is open is kept").isNotEmpty();
        assertThat(
                        java.util.stream.IntStream.range(0, 10_000)
                                .filter(i -> !board.told("i" + i).isEmpty())
                                .count())
                .as("bounded")
                .isLessThan(1000);
    }

    @Test
    void whatThingsAreCalledTurnsNothingAround() {
        healthy();
        incident(
                IncidentEvent.newBuilder(
                                event(
                                        "i1",
                                        IncidentKind.DOWN,
                                        true,
                                        RegionVerdict.FAILING,
                                        RegionVerdict.FAILING))
                        .setName("Shop\u202E\n")
                        .setReason("be\u2066cause")
                        .build());
        var shown = view().incidents().getFirst();
        assertThat(shown.name()).isEqualTo("Shop  ");
        assertThat(shown.lines()).extracting(View.Line::text).containsExactly("be cause");
    }

    @Test
    void uptimeIsTheShareOfGoodVotesAndARewrittenHourCountsOnce() {
        healthy();
        for (long passes : new long[] {1, 99}) {
            board.hour(
                    "shop|us",
                    CheckHour.newBuilder()
                            .setCheckId("shop")
                            .setRegion("us")
                            .setAgentId("us-1")
                            .setBootEpoch(1)
                            .setHour(NOW.truncatedTo(ChronoUnit.HOURS))
                            .setOutcomes(Map.of("PASS", passes, "FAIL", 1L, "MISSED", 50L))
                            .setUpdatedAt(NOW)
                            .build(),
                    NOW,
                    NOW);
        }
        assertThat(view().services().getFirst().uptime24h()).isEqualTo(0.99);
        assertThat(view().percent(0.99)).isEqualTo("99.000 %");
        assertThat(view().percent(0.9999999)).isEqualTo("99.999 %");
    }

    private static HttpResponse<String> ask(int port, String method, String path) throws Exception {
        try (var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .method(method, BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void answersInHtmlWithoutScriptAndInJson() throws Exception {
        healthy();
        var opened =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.PASSING);
        incident(opened);
        incident(note(opened, "<i>At it</i> & \"soon\""));
        incident(
                event(
                        "i0",
                        IncidentKind.DOWN,
                        false,
                        RegionVerdict.PASSING,
                        RegionVerdict.PASSING));
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (var server = new PageServer(address, this::view, new Health(), metrics)) {
            var html = ask(server.port(), "GET", "/");
            assertThat(html.statusCode()).isEqualTo(200);
            assertThat(html.body())
                    .contains("partial outage", "Failing in us", "fine in eu", "because &lt;b")
                    .contains("note: &lt;i&gt;At it&lt;/i&gt; &amp; \"soon\"")
                    .doesNotContain("<script", "<b>", "<i>", "db-7");
            assertThat(html.headers().firstValue("Content-Type"))
                    .hasValue("text/html; charset=utf-8");
            assertThat(html.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy ->
                            assertThat(policy)
                                    .contains("default-src 'none'")
                                    .contains("frame-ancestors 'none'"));
            assertThat(html.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(html.headers().firstValue("Cache-Control")).hasValue("max-age=1");
            var json = ask(server.port(), "GET", "/api/v1/status.json");
            JsonNode root = new ObjectMapper().readTree(json.body());
            assertThat(root.path("status").asText()).isEqualTo("partial_outage");
            assertThat(root.path("services").get(0).path("regions").get(1).path("status").asText())
                    .isEqualTo("major_outage");
            assertThat(root.path("incidents")).hasSize(1);
            assertThat(root.path("recent")).hasSize(1);
            var line = root.path("incidents").get(0).path("lines").get(0);
            assertThat(line.path("type").asText()).isEqualTo("note");
            assertThat(line.path("text").asText()).isEqualTo("<i>At it</i> & \"soon\"");
            assertThat(json.body()).doesNotContain("db-7");
            assertThat(json.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
            assertThat(html.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
            assertThat(ask(server.port(), "GET", "/nothing").statusCode()).isEqualTo(404);
            assertThat(ask(server.port(), "POST", "/").statusCode()).isEqualTo(405);
            assertThat(ask(server.port(), "HEAD", "/").statusCode()).isEqualTo(200);
        }
        assertThat(metrics.scrape())
                .contains(
                        "# HELP tocsin_page_requests_total Requests that were answered, by status",
                        "# TYPE tocsin_page_requests_total counter",
                        "tocsin_page_requests_total{status=\"404\"} 1.0",
                        "tocsin_page_requests_total{status=\"405\"} 1.0",
                        "tocsin_page_requests_under_way ");
    }

    @Test
    void howeverManyAskTheViewIsMadeOnceASecond() throws Exception {
        var made = new AtomicInteger();
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        long begun = System.nanoTime();
        int port;
        try (var server =
                new PageServer(
                        address,
                        () -> {
                            made.incrementAndGet();
                            return view();
                        },
                        new Health(),
                        new SimpleMeterRegistry())) {
            port = server.port();
            for (int i = 0; i < 20; i++) {
                ask(port, "GET", i % 2 == 0 ? "/" : "/api/v1/status.json");
            }
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        assertThat(made).hasValueBetween(1, (int) Math.min(19, seconds + 1));
        assertThatThrownBy(() -> ask(port, "GET", "/")).isInstanceOf(IOException.class);
    }

    @Test
    void ofAnIncidentThatWasReadTwiceTheNewerEventCounts() {
        healthy();
        var older =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING);
        incident(older);
        // Another of the same check, which is newer: the check is what that says.
        incident(
                IncidentEvent.newBuilder(older)
                        .setIncidentId("i2")
                        .setKind(IncidentKind.DEGRADED)
                        .setAt(older.getAt().plusSeconds(1))
                        .build());
        assertThat(view().services().getFirst().checks().getFirst().status())
                .isEqualTo(Status.DEGRADED_PERFORMANCE);
    }

    @Test
    void whatIsOverForAMonthIsNoPastIncidentAndUptimeLooksBackAsFarAsItSays() {
        healthy();
        var closed =
                event("i0", IncidentKind.DOWN, false, RegionVerdict.PASSING, RegionVerdict.PASSING);
        incident(IncidentEvent.newBuilder(closed).setAt(NOW.minus(Duration.ofDays(31))).build());
        assertThat(view().recent()).isEmpty();
        for (int days : new int[] {0, 2}) {
            board.hour(
                    "shop|us|" + days,
                    CheckHour.newBuilder()
                            .setCheckId("shop")
                            .setRegion("us")
                            .setAgentId("us-1")
                            .setBootEpoch(1)
                            .setHour(NOW.minus(Duration.ofDays(days)))
                            .setOutcomes(
                                    days == 0
                                            ? Map.of("PASS", 1L, "DEGRADED", 2L, "FAIL", 1L)
                                            : Map.of("FAIL", 4L))
                            .setUpdatedAt(NOW)
                            .build(),
                    NOW,
                    NOW);
        }
        assertThat(view().services().getFirst().uptime24h()).isEqualTo(0.75);
        assertThat(view().services().getFirst().uptime30d()).isEqualTo(0.375);
    }

    @Test
    void ofTwoIncidentsTheOutageIsSaidFirstAndThenTheOlder() {
        healthy();
        var down =
                event("i1", IncidentKind.DOWN, true, RegionVerdict.FAILING, RegionVerdict.FAILING);
        incident(down);
        incident(
                IncidentEvent.newBuilder(down)
                        .setIncidentId("i0")
                        .setCheckId("other")
                        .setStartedAt(NOW.minusSeconds(500))
                        .build());
        incident(outage(RegionVerdict.FAILING));
        assertThat(view().incidents())
                .extracting(View.Incident::id)
                .containsExactly("o1", "i0", "i1");
    }
}
