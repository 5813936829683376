package dev.tocsin.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.page.view.View;
import dev.tocsin.page.web.PageServer;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What nobody wishes for: many of all, names that are none, and bugs.
@Timeout(120)
class WorldsTest extends OnABoard {
    private interface Asking {
        void ask(PageServer server, HttpClient client) throws Exception;
    }

    private static void serving(Supplier<View> views, Asking asking) throws Exception {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var metrics = new SimpleMeterRegistry();
        try (var server = new PageServer(address, views, new Health(), metrics);
                var client = HttpClient.newHttpClient()) {
            asking.ask(server, client);
        }
    }

    private static HttpResponse<String> get(PageServer server, HttpClient client, String path)
            throws Exception {
        var uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private void check(String id, String service, String name, List<String> regions) {
        check(id, service);
        var one = board.checks().stream().filter(c -> c.getCheckId().equals(id)).findFirst();
        board.check(
                id,
                CheckDefinition.newBuilder(one.orElseThrow())
                        .setName(name)
                        .setRegions(regions)
                        .build());
    }

    private static IncidentEvent.Builder fails(String id, String check, String region) {
        return IncidentEvent.newBuilder(
                        event(
                                id,
                                IncidentKind.DOWN,
                                true,
                                RegionVerdict.FAILING,
                                RegionVerdict.PASSING))
                .setCheckId(check)
                .setRegions(
                        List.of(
                                RegionStatus.newBuilder()
                                        .setRegion(region)
                                        .setVerdict(RegionVerdict.FAILING)
                                        .build()));
    }

    /// With a row for each region of each service it was 36 MB, which every reader's browser asked for anew every five seconds.
    @Test
    void ofManyServicesInManyRegionsThePageNamesTheWorstAndProgramsGetAll() throws Exception {
        var regions = IntStream.range(0, 155).mapToObj("r%03d"::formatted).toList();
        check("c0", "s0", "c0", regions);
        var first = board.checks().iterator().next();
        for (int i = 0; i < 2000; i++) {
            var id = "c" + i;
            board.check(
                    id,
                    CheckDefinition.newBuilder(first)
                            .setCheckId(id)
                            .setName(id)
                            .setService("s" + i % 200)
                            .build());
            for (var region : regions) {
                measured(id, region, NOW, Outcome.PASS);
            }
        }
        decided(NOW);
        incident(fails("i1", "c7", "r150").build());
        serving(
                this::view,
                (server, client) -> {
                    var html = get(server, client, "/").body();
                    assertThat(html)
                            .contains("r150: <span class=\"tag partial_outage\">")
                            .contains("135 more: <span class=\"tag operational\">");
                    assertThat(html.length()).isLessThan(1_500_000);
                    var json = get(server, client, "/api/v1/status.json").body();
                    var services = new ObjectMapper().readTree(json).path("services");
                    assertThat(services).hasSize(200);
                    assertThat(services.get(0).path("regions")).hasSize(155);
                });
    }

    @Test
    void ofManyChecksIncidentsAndLinesThePageShowsTheFirst() throws Exception {
        for (int i = 0; i < 300; i++) {
            check("c" + i, "store");
            heard("c" + i, "us", NOW);
            heard("c" + i, "eu", NOW);
        }
        for (int i = 0; i < 100; i++) {
            var started = NOW.minusSeconds(1000 - i);
            incident(fails("i" + i, "c" + i, "us").setStartedAt(started).build());
        }
        for (int i = 0; i < 30; i++) {
            incident(
                    fails("i0", "c0", "us")
                            .setStartedAt(NOW.minusSeconds(1000))
                            .setType(IncidentEventType.UPDATED)
                            .setReason("update " + i)
                            .build());
        }
        serving(
                this::view,
                (server, client) -> {
                    var html = get(server, client, "/").body();
                    assertThat(html).contains("And 80 more.", "c10: partial outage");
                    assertThat(html)
                            .contains("80 more: partial outage", "200 more: operational")
                            .doesNotContain("c299:");
                    assertThat(html).contains("update 29", "<li>11 more</li>");
                    assertThat(html).doesNotContain("update 9");
                    var json = get(server, client, "/api/v1/status.json").body();
                    var incidents = new ObjectMapper().readTree(json).path("incidents");
                    assertThat(incidents).hasSize(100);
                    assertThat(incidents.get(0).path("lines")).hasSize(31);
                });
    }

    @Test
    void theWorstIsShownHoweverManyAreOlder() {
        for (int i = 0; i < 30; i++) {
            incident(fails("i" + i, "c" + i, "us").setStartedAt(NOW.minusSeconds(90 - i)).build());
        }
        incident(
                IncidentEvent.newBuilder(outage(RegionVerdict.FAILING))
                        .setStartedAt(NOW.minusSeconds(70))
                        .build());
        var shown = view().incidents().stream().map(View.Incident::id).toList();
        assertThat(shown).hasSize(31).startsWith("o1", "i0", "i1").endsWith("i29");
    }

    @Test
    void namesAreTextWhateverIsInThem() throws Exception {
        var odd = "<b>\"x\"</b>\u202Egnp.\n\u200B" + "long".repeat(1000);
        var region = "eu\u202E<i>";
        check("one", "st<u>ore", odd, List.of(region));
        check("two", "st<u>ore", "Two", List.of(region));
        heard("one", region, NOW);
        heard("two", region, NOW);
        incident(fails("i1", "one", region).setName(odd).build());
        serving(
                this::view,
                (server, client) -> {
                    var html = get(server, client, "/").body();
                    assertThat(html)
                            .contains(
                                    "&lt;b&gt;\"x\"&lt;/b&gt; gnp.",
                                    "eu &lt;i&gt;",
                                    "st&lt;u&gt;ore")
                            .doesNotContain("<b>", "<i>", "<u>", "\u202E", "\u200B");
                    var json = get(server, client, "/api/v1/status.json");
                    assertThat(new ObjectMapper().readTree(json.body()).path("services"))
                            .hasSize(1);
                });
    }

    /// Each who asked had one made, for himself alone, and logged.
    @Test
    void aViewThatCannotBeMadeIsAnErrorOnceASecondAndNeverAnOlderOneUntilOneCan() throws Exception {
        heard("shop", "us", NOW);
        var bug = new AtomicBoolean();
        var tried = new AtomicInteger();
        serving(
                () -> {
                    tried.incrementAndGet();
                    if (bug.get()) {
                        throw new IllegalStateException("nobody thought of that: db-7");
                    }
                    return view();
                },
                (server, client) -> {
                    assertThat(get(server, client, "/").statusCode()).isEqualTo(200);
                    bug.set(true);
                    while (get(server, client, "/").statusCode() == 200) {
                        assertThat(tried).as("within its second").hasValue(1);
                    }
                    long begun = System.nanoTime();
                    for (int i = 0; i < 20; i++) {
                        var answer = get(server, client, i % 2 == 0 ? "/" : "/api/v1/status.json");
                        assertThat(answer.statusCode()).isEqualTo(500);
                        assertThat(answer.body()).isEmpty();
                    }
                    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
                    assertThat(tried).hasValueBetween(2, (int) Math.min(21, seconds + 3));
                    bug.set(false);
                    while (get(server, client, "/").statusCode() != 200) {
                        Thread.onSpinWait(); // until its second is over
                    }
                });
    }
}
