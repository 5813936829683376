package dev.tocsin.notifier.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.Hostile;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Notes;
import dev.tocsin.notifier.mailbox.Part;
import dev.tocsin.notifier.mailbox.Parts;
import dev.tocsin.notifier.mailbox.What;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MessageJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SEEDS = 300;

    private static JsonNode json(Message message) throws IOException {
        var bytes = MessageJson.bytes(message);
        assertThat(bytes).hasSizeLessThanOrEqualTo(16_384);
        // Strict: half of a surrogate pair, or a cut character, throws.
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        return JSON.readTree(bytes);
    }

    private static List<OutageChild> children(int from, int to, boolean open) {
        return IntStream.range(from, to)
                .mapToObj(i ->
                        OutageChild.newBuilder()
                                .setIncidentId("i" + i)
                                .setCheckId("check-" + i)
                                .setName("Check " + i)
                                .setKind(IncidentKind.DOWN)
                                .setOpen(open)
                                .build())
                .toList();
    }

    private static List<RegionStatus> regions(int count, RegionVerdict verdict) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        RegionStatus.newBuilder()
                                .setRegion(verdict + "-" + i)
                                .setVerdict(verdict)
                                .build())
                .toList();
    }

    private static IncidentEvent.Builder event() {
        return IncidentEvent.newBuilder(Events.opened("i1"));
    }

    private static JsonNode json(IncidentEvent event) throws IOException {
        return json(Events.message("d1", event, "route 1"));
    }

    @Test
    void whateverHappensItFitsAndCanBeReadAndSaysWhatItIsOf() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            var message = new Hostile(seed).message();
            var json = json(message);
            var data = json.path("data");
            var at = "seed " + seed;
            switch (message) {
                case Message.One one -> {
                    var event = one.event();
                    assertThat(data.path("incident_id").asText()).as(at).isEqualTo("i1");
                    assertThat(data.path("event_id").asText()).isEqualTo(event.getEventId());
                    assertThat(data.path("severity").asText()).isEqualTo(event.getSeverity() + "");
                    assertThat(data.path("kind").asText()).isEqualTo(event.getKind() + "");
                    assertThat(data.path("open").asBoolean()).isEqualTo(event.getOpen());
                    assertThat(data.path("seq").asLong()).isEqualTo(event.getSeq());
                    assertThat(json.path("type").asText())
                            .startsWith(
                                    switch (event.getKind()) {
                                        case DELIVERY_FAILING -> "delivery.";
                                        case TEST -> "test.";
                                        default -> "incident.";
                                    });
                    int regions = event.getRegions().size();
                    assertThat(left(json, "regions")).as(at).isEqualTo(regions);
                    assertThat(left(json, "children")).as(at).isEqualTo(event.getChildrenCount());
                    assertThat(
                                    data.path("children").size()
                                            + json.path("yours").path("incidents").size())
                            .isLessThanOrEqualTo(20);
                    assertThat(
                                    json.path("notes").size()
                                            + json.path("omitted").path("notes").asInt())
                            .isEqualTo(one.notes().size());
                }
                case Message.Digest digest -> {
                    assertThat(json.path("type").asText()).isEqualTo("incidents.digest");
                    assertThat(data.path("incidents_count").asInt())
                            .isEqualTo(digest.conversations());
                    assertThat(data.path("severity").asText()).isEqualTo(digest.worst() + "");
                    assertThat(data.path("incidents").size()).isLessThanOrEqualTo(20);
                }
            }
        }
    }

    /// Named and left out.
    private static int left(JsonNode json, String list) {
        return json.path("data").path(list).size() + json.path("omitted").path(list).asInt();
    }

    @Test
    void whatFitsIsWhole() throws IOException {
        var json = json(event().setChildren(children(0, 20, true)).setChildrenCount(20).build());
        assertThat(json.has("omitted")).isFalse();
        assertThat(json.path("data").path("children")).hasSize(20);
        assertThat(json.path("data").path("labels").path("team").asText()).isEqualTo("mail");
    }

    @Test
    void twentyChecksAreNamedThoseThatAreOpenAndTheRestIsCounted() throws IOException {
        var closedFirst = new java.util.ArrayList<>(children(0, 35, false));
        closedFirst.addAll(children(35, 50, true));
        var json = json(event().setChildren(closedFirst).setChildrenCount(10_000).build());
        var children = json.path("data").path("children");
        assertThat(children).hasSize(20);
        assertThat(IntStream.range(0, 15).mapToObj(children::get))
                .allMatch(child -> child.path("open").asBoolean());
        assertThat(json.path("omitted").path("children").asInt()).isEqualTo(9_980);
        assertThat(json.path("data").path("children_count").asInt()).isEqualTo(10_000);
    }

    @Test
    void theTargetsOwnChecksAreNamedBeforeTheOthers() throws IOException {
        var yours =
                IntStream.range(0, 18)
                        .mapToObj(i -> new Part("y" + i, "Yours " + i, IncidentKind.DOWN, true))
                        .toList();
        var event = event().setChildren(children(0, 50, true)).setChildrenCount(50).build();
        var json =
                json(
                        new Message.One(
                                "d1",
                                What.OPENED,
                                event,
                                null,
                                "route 1",
                                Notes.NONE,
                                new Parts(18, 18, yours)));
        assertThat(json.path("yours").path("incidents")).hasSize(18);
        assertThat(json.path("data").path("children")).hasSize(2);
        assertThat(json.path("omitted").path("children").asInt()).isEqualTo(48);
    }

    @Test
    void ofAThousandRegionsThoseAreNamedThatFail() throws IOException {
        var regions = new java.util.ArrayList<>(regions(990, RegionVerdict.PASSING));
        regions.addAll(regions(10, RegionVerdict.FAILING));
        var json = json(event().setRegions(regions).build());
        assertThat(json.path("data").path("regions")).hasSize(50);
        assertThat(json.path("data").path("regions").findValuesAsText("region"))
                .contains("FAILING-0", "FAILING-9");
        assertThat(json.path("omitted").path("regions").asInt()).isEqualTo(950);
    }

    @Test
    void aLongTextEndsWithAMarkAndTakesNothingFromTheOthers() throws IOException {
        var json =
                json(
                        event().setReason("😀".repeat(500_000))
                                .setRegions(regions(30, RegionVerdict.FAILING))
                                .build());
        assertThat(json.path("data").path("reason").asText()).endsWith("😀…").hasSize(999);
        assertThat(json.path("data").path("name").asText()).isEqualTo("Shop");
        assertThat(json.path("data").path("regions")).hasSize(30);
    }

    @Test
    void aLabelWhoseNameIsTooLongIsLeftOutAndCounted() throws IOException {
        var labels = new LinkedHashMap<String, String>();
        labels.put("x".repeat(2_000), "1");
        labels.put("team", "mail");
        var json = json(event().setLabels(labels).build());
        assertThat(json.path("data").path("labels").toString()).isEqualTo("{\"team\":\"mail\"}");
        assertThat(json.path("omitted").path("labels").asInt()).isEqualTo(1);
    }

    @Test
    void whatIsListedIsWhole() throws IOException {
        var event =
                event().setReason("r".repeat(50_000)).setChildren(children(0, 50, true)).build();
        var json = JSON.readTree(MessageJson.listed(event));
        assertThat(json.path("data").path("reason").asText()).hasSize(50_000);
        assertThat(json.path("data").path("children")).hasSize(50);
    }
}
