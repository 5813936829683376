package dev.tocsin.notifier;

import static dev.tocsin.notifier.Plain.reader;
import static dev.tocsin.notifier.Plain.writer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.Plain.Named;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.route.Route;
import dev.tocsin.notifier.send.Outbox;
import dev.tocsin.notifier.send.Outgoing;
import dev.tocsin.notifier.stream.Formats;
import dev.tocsin.notifier.stream.MailboxProcessor;
import dev.tocsin.notifier.stream.RouteProcessor;
import dev.tocsin.notifier.stream.Successor;
import dev.tocsin.notifier.stream.Target;
import dev.tocsin.notifier.stream.TargetMeters;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Severity;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import dev.tocsin.service.streams.Bugs;
import dev.tocsin.service.streams.Changelogs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Both halves without a broker: what is handed over, and what is on record of the answers.
class NotifierTopologyTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant START = Instant.parse("2026-11-24T00:00:00Z");
    private static final DeliveryResult TAKEN = new Delivered(204, "");

    /// Sends nothing: what was given to it is for the test to answer.
    private static final class HeldOutbox implements Outbox {
        final List<Outgoing> held = new ArrayList<>();
        boolean closed;
        @Nullable Long toBeRead = -1L;

        boolean buggy;

        @Override
        public void add(Outgoing outgoing) {
            if (buggy) {
                throw new IllegalStateException("nobody thought of that");
            }
            held.add(outgoing);
        }

        @Override
        public void taken() {}

        @Override
        public Duration patience() {
            return Duration.ZERO;
        }

        @Override
        public boolean closed() {
            return closed;
        }

        @Override
        public BooleanSupplier freshness() {
            return () -> true;
        }

        @Override
        public void processed(int partition, long offset) {}

        @Override
        public @Nullable Long toBeRead(String topic, int partition) {
            return toBeRead;
        }

        @Override
        public boolean endsBefore(String topic, int partition, long offset) {
            return false;
        }
    }

    private static final Formats FORMATS =
            new Formats(
                    reader(IncidentEvent.getDecoder()),
                    reader(Delivery.getDecoder()),
                    writer(Delivery.getEncoder()),
                    writer(DeliveryAttempt.getEncoder()));

    private final HeldOutbox outbox = new HeldOutbox();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Health health = new Health();
    private Instant now = START;
    private final Topology topology =
            NotifierTopology.build(
                    "",
                    new NotifyConfig(
                            Map.of("oncall", target("oncall"), "ops", target("ops")),
                            List.of(
                                    new Route("route 1", Map.of(), List.of("oncall"), true),
                                    new Route(
                                            "route 2",
                                            Map.of("team", List.of("new")),
                                            List.of("unknown"),
                                            false),
                                    new Route(
                                            "route 3",
                                            Map.of("team", List.of("both")),
                                            List.of("ops"),
                                            false)),
                            List.of("ops"),
                            null),
                    group -> {
                        if ("bug".equals(group)) {
                            throw new IllegalStateException("nobody thought of that");
                        }
                        return false;
                    },
                    outbox,
                    new Successor("", FORMATS.delivery(), MockProducer::new),
                    FORMATS,
                    new TargetMeters(metrics, Set.of("oncall", "ops"), () -> now),
                    new Bugs(metrics, "tocsin_notifier_bugs_total", health),
                    () -> now);
    private final TopologyTestDriver driver =
            new TopologyTestDriver(topology, new Properties(), START);
    private final TestInputTopic<String, byte[]> incidents =
            driver.createInputTopic(
                    "incidents", new StringSerializer(), new ByteArraySerializer(), START, ZERO);
    private final TestInputTopic<String, byte[]> deliveries =
            driver.createInputTopic(
                    "deliveries", new StringSerializer(), new ByteArraySerializer(), START, ZERO);
    private final TestOutputTopic<String, byte[]> attempts = output("delivery-attempts");
    private static final Duration ZERO = Duration.ZERO;
    private String team = "old";
    private long seq;
    private boolean closed;

    private static Target target(String name) {
        return new Target(new Named(name), Policy.DEFAULT.withWatchers(List.of("ops")));
    }

    private TestOutputTopic<String, byte[]> output(String topic) {
        return driver.createOutputTopic(
                topic, new StringDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void close() {
        if (!closed) {
            driver.close();
        }
    }

    /// Whoever adds a store says where its entries belong, or they would be lost where somebody takes the state along.
    @Test
    void everyStoreHasARuleAndIsReadWithTheTopicThatItNames() {
        var state = Notifier.state(_ -> null);
        var sources = new HashMap<String, Set<String>>();
        state.stores()
                .forEach((store, of) ->
                        sources.put(state.changelog("", store), Set.of(of.source())));
        assertThat(Changelogs.of(topology.describe(), state.application())).isEqualTo(sources);
    }

    private static byte[] bytes(IncidentEvent event) {
        return writer(IncidentEvent.getEncoder()).serialize("", event);
    }

    private void happens(String incident, IncidentEventType type) {
        incidents.pipeInput(
                "shop",
                bytes(
                        IncidentEvent.newBuilder(
                                        Events.event(
                                                incident,
                                                ++seq,
                                                type,
                                                Severity.ERROR,
                                                Map.of("team", team)))
                                .setOpen(type != IncidentEventType.CLOSED)
                                .setGrouped(true)
                                .setAt(now)
                                .build()));
    }

    private void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    /// The only one that is held.
    private Outgoing held() {
        assertThat(outbox.held).hasSize(1);
        return outbox.held.removeFirst();
    }

    private void answer(Outgoing outgoing, @Nullable DeliveryResult result) {
        outgoing.answer().accept(new Outgoing.Answer(outgoing.message().id(), result, now, now));
        pass(Duration.ofMillis(10));
    }

    private static IncidentEvent event(Outgoing outgoing) {
        return ((Message.One) outgoing.message()).event();
    }

    private static String name(Outgoing outgoing) {
        return outgoing.channel().fingerprint();
    }

    private DeliveryAttempt attempt() {
        return reader(DeliveryAttempt.getDecoder()).deserialize("", attempts.readValue());
    }

    private String cause(String topic) {
        var letter = output(topic + "-dlq").readRecord();
        return new String(
                letter.headers().lastHeader("tocsin.dlq.cause").value(), StandardCharsets.UTF_8);
    }

    @Test
    void anIncidentIsHandedOverAndWhatCameOfItIsOnRecord() {
        happens("i1", IncidentEventType.OPENED);
        var first = held();
        assertThat(name(first)).isEqualTo("oncall");
        answer(first, new Retry(503, "away", null));
        var failed = attempt();
        assertThat(failed.getTargetId()).isEqualTo("oncall");
        assertThat(failed.getOutcome()).isEqualTo("retry");
        assertThat(failed.getStatus()).isEqualTo(503);
        assertThat(failed.getNextAttemptAt()).isAfter(now);
        pass(Duration.ofSeconds(3));
        var second = held();
        assertThat(second.message().id()).isEqualTo(first.message().id());
        answer(second, TAKEN);
        assertThat(attempt().getOutcome()).isEqualTo("delivered");
        happens("i1", IncidentEventType.CLOSED);
        answer(held(), TAKEN);
        pass(Duration.ofHours(1));
        assertThat(outbox.held).isEmpty();
    }

    /// Sixty incidents, one a minute, of which each second one is over before the target is back. Each try takes the ten seconds that it is given.
    @Test
    void aTargetThatHangsForAnHourDelaysNoOtherAndIsThenToldWhereThingsStandInOneMessage() {
        team = "both";
        Outgoing hangs = null;
        var since = now;
        for (int second = 0; second < 3600; second++) {
            int minute = second / 60;
            var happened = new ArrayList<String>();
            if (second % 60 == 0) {
                happens("i" + minute, IncidentEventType.OPENED);
                happened.add("i" + minute);
            } else if (second % 60 == 30 && minute % 2 == 0) {
                happens("i" + minute, IncidentEventType.CLOSED);
                happened.add("i" + minute);
            }
            var told = new ArrayList<String>();
            for (var one : List.copyOf(outbox.held)) {
                outbox.held.remove(one);
                if (name(one).equals("ops")) {
                    if (event(one).getCheckId()
                            != null) { // else it says that the other is not told
                        told.add(event(one).getIncidentId());
                    }
                    answer(one, TAKEN);
                } else {
                    assertThat(hangs).as("one at a time").isNull();
                    hangs = one;
                    since = now;
                }
            }
            assertThat(told).as("in second %d", second).isEqualTo(happened);
            if (hangs != null && !now.isBefore(since.plusSeconds(10))) {
                answer(hangs, new Retry(0, "no answer within 10 s", null));
                hangs = null;
            }
            pass(Duration.between(now, START.plusSeconds(second + 1)));
        }
        var isBack = now;
        while (outbox.held.isEmpty()) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(Duration.between(isBack, now)).isLessThanOrEqualTo(Duration.ofMinutes(10));
        var combined = held();
        assertThat(name(combined)).isEqualTo("oncall");
        var digest = (Message.Digest) combined.message();
        assertThat(digest.conversations()).isEqualTo(60);
        assertThat(digest.open()).isEqualTo(30);
        answer(combined, TAKEN);
        pass(Duration.ofHours(1));
        assertThat(outbox.held).extracting(NotifierTopologyTest::name).doesNotContain("oncall");
    }

    @Test
    void whatWasNotSentIsDueAsBefore() {
        happens("i1", IncidentEventType.OPENED);
        var first = held();
        answer(first, null);
        assertThat(attempts.isEmpty()).isTrue();
        pass(Duration.ofMillis(10));
        assertThat(held().message().id()).isEqualTo(first.message().id());
    }

    @Test
    void nothingIsSentBeforeWhatWasThereIsReadNorByWhomEnds() {
        outbox.toBeRead = null;
        happens("i1", IncidentEventType.OPENED);
        pass(Duration.ofMinutes(1));
        assertThat(outbox.held).isEmpty();
        outbox.toBeRead = 0L;
        outbox.closed = true;
        pass(Duration.ofMillis(10));
        assertThat(outbox.held).isEmpty();
        outbox.closed = false;
        happens("i2", IncidentEventType.OPENED);
        assertThat(outbox.held).isNotEmpty();
    }

    @Test
    void whatCannotBeReadOrPassedOnIsSetAsideAndWhatFollowsIsTold() {
        incidents.pipeInput("shop", "nonsense".getBytes(StandardCharsets.UTF_8));
        assertThat(cause("incidents")).isEqualTo("no such record");
        incidents.pipeInput(
                "shop",
                bytes(
                        IncidentEvent.newBuilder(Events.opened("i0"))
                                .setReason("x".repeat(300_000))
                                .build()));
        assertThat(cause("incidents")).contains("too large");
        incidents.pipeInput("mail", bytes(Events.opened("i0")));
        assertThat(cause("incidents")).isEqualTo("key mail is not the event's key shop");
        deliveries.pipeInput("oncall", new byte[] {0, 1, 2});
        assertThat(cause("deliveries")).isEqualTo("no such record");
        happens("i1", IncidentEventType.OPENED);
        assertThat(event(held()).getIncidentId()).isEqualTo("i1");
    }

    @Test
    void aDeliveryOf010WhoseKeyIsNoTargetIsSetAside() {
        var old =
                Delivery.newBuilder()
                        .setDeliveryId("d")
                        .setTargetId("oncall")
                        .setIncidentId("i1")
                        .setEventId("e")
                        .setSeq(1)
                        .setReason("route 1")
                        .setCreatedAt(START)
                        .setEvent(Events.opened("i1"))
                        .build();
        deliveries.pipeInput("oncall/i1", FORMATS.delivery().serialize("", old));
        assertThat(cause("deliveries")).contains("older release");
        assertThat(outbox.held).isEmpty();
    }

    @Test
    void anotherTargetHearsThatOneIsSetUpWrongAndThatItTakesMessagesAgain() {
        happens("i1", IncidentEventType.OPENED);
        answer(held(), new Rejected(401, "who are you", false));
        var alarm = held();
        assertThat(name(alarm)).isEqualTo("ops");
        assertThat(event(alarm).getKind()).isEqualTo(IncidentKind.DELIVERY_FAILING);
        assertThat(event(alarm).getReason()).contains("it answers 401");
        assertThat(event(alarm).getOpen()).isTrue();
        answer(alarm, TAKEN);
        pass(Duration.ofMinutes(3));
        answer(held(), TAKEN);
        var over = held();
        assertThat(name(over)).isEqualTo("ops");
        assertThat(event(over).getIncidentId()).isEqualTo(event(alarm).getIncidentId());
        assertThat(event(over).getOpen()).isFalse();
    }

    @Test
    void whatIsForATargetThatIsNotInTheConfigurationWaitsAndOthersHearOfItAfterFiveMinutes() {
        team = "new";
        happens("i1", IncidentEventType.OPENED);
        answer(held(), TAKEN);
        pass(Duration.ofMinutes(4));
        assertThat(outbox.held).isEmpty();
        pass(Duration.ofMinutes(2));
        var alarm = held();
        assertThat(name(alarm)).isEqualTo("ops");
        assertThat(event(alarm).getName()).contains("unknown");
        assertThat(event(alarm).getReason()).contains("not in the configuration");
    }

    @Test
    void somebodyHasATargetToldAgain() {
        happens("i1", IncidentEventType.OPENED);
        var first = held();
        answer(first, TAKEN);
        var asked =
                Delivery.newBuilder()
                        .setDeliveryId("d")
                        .setTargetId("oncall")
                        .setIncidentId("i1")
                        .setEventId("e")
                        .setSeq(1)
                        .setReason("asked for by ann")
                        .setCreatedAt(START)
                        .setAgain(true)
                        .setEvent(event(first))
                        .build();
        deliveries.pipeInput("oncall", FORMATS.delivery().serialize("", asked));
        assertThat(((Message.One) held().message()).reason()).isEqualTo("asked for by ann");
    }

    @Test
    void whatIsGivenUpIsADeadLetter() {
        happens("i1", IncidentEventType.OPENED);
        for (int hour = 0; hour < 60; hour++) {
            while (!outbox.held.isEmpty()) {
                var next = outbox.held.removeFirst();
                answer(next, name(next).equals("ops") ? TAKEN : new Retry(500, "", null));
            }
            pass(Duration.ofHours(1));
        }
        var letters = output("deliveries-dlq");
        assertThat(letters.isEmpty()).isFalse();
        var letter = FORMATS.deliveries().deserialize("", letters.readValue());
        assertThat(letter.getReason()).isEqualTo("given up");
        assertThat(letter.getTargetId()).isEqualTo("oncall");
        assertThat(letter.getIncidentId()).isEqualTo("i1");
    }

    private double gauge(String name) {
        return metrics.get(name).tag("target", "oncall").gauge().value();
    }

    @Test
    void metersShowWhatATargetWasNotToldAndHowItAnswers() {
        happens("i1", IncidentEventType.OPENED);
        assertThat(gauge("tocsin_notifier_untold")).isEqualTo(1);
        assertThat(gauge("tocsin_notifier_under_way")).isEqualTo(1);
        var message = held();
        for (int i = 0; i < 5; i++) {
            answer(message, new Retry(503, "away", null));
            pass(Duration.ofMinutes(1));
            outbox.held.removeIf(one -> name(one).equals("ops"));
            message = held();
        }
        assertThat(gauge("tocsin_notifier_breaker_open")).isEqualTo(1);
        assertThat(gauge("tocsin_notifier_oldest_untold_seconds")).isBetween(300.0, 301.0);
        answer(message, TAKEN);
        assertThat(gauge("tocsin_notifier_untold")).isZero();
        assertThat(gauge("tocsin_notifier_oldest_untold_seconds")).isZero();
        assertThat(gauge("tocsin_notifier_breaker_open")).isZero();
        assertThat(
                        metrics.get("tocsin_notifier_tries_total")
                                .tags("target", "oncall", "outcome", "retry", "status", "503")
                                .counter()
                                .count())
                .isEqualTo(5);
        driver.close();
        closed = true;
        assertThat(metrics.find("tocsin_notifier_untold").gauge()).isNull();
    }

    @Test
    void aBugInRoutingSetsThatEventAsideAndTheNextIsTold() {
        var event =
                IncidentEvent.newBuilder(
                                Events.event(
                                        "i1",
                                        ++seq,
                                        IncidentEventType.OPENED,
                                        Severity.ERROR,
                                        Map.of("team", team)))
                        .setGroup("bug")
                        .build();
        incidents.pipeInput("shop", bytes(event));
        var letter = output("incidents-dlq").readRecord();
        assertThat(letter.value()).isEqualTo(bytes(event));
        assertThat(letter.headers().lastHeader("tocsin.dlq.stack")).isNotNull();
        assertThat(metrics.counter("tocsin_notifier_bugs_total").count()).isEqualTo(1);
        assertThat(health.alive()).isFalse();
        happens("i2", IncidentEventType.OPENED);
        assertThat(event(held()).getIncidentId()).isEqualTo("i2");
    }

    /// What was under way is sent once more, and what was not is taken by nobody twice.
    @Test
    void aBugInAMailboxSetsThatDeliveryAsideAndTheOthersAreTold() {
        happens("i1", IncidentEventType.OPENED);
        answer(held(), TAKEN);
        outbox.buggy = true;
        happens("i2", IncidentEventType.OPENED);
        outbox.buggy = false;
        assertThat(output("deliveries-dlq").readRecord().headers().lastHeader("tocsin.dlq.stack"))
                .isNotNull();
        assertThat(metrics.counter("tocsin_notifier_bugs_total").count()).isEqualTo(1);
        happens("i3", IncidentEventType.OPENED);
        assertThat(event(held()).getIncidentId()).isEqualTo("i3");
    }

    /// No record is to be set aside, and the message would be sent at every turn.
    @Test
    void aBugBesideARecordCostsItsTargetAndNotTheProcess() {
        happens("i1", IncidentEventType.OPENED);
        answer(held(), new Retry(503, "away", null));
        outbox.buggy = true;
        pass(Duration.ofSeconds(3));
        outbox.buggy = false;
        assertThat(metrics.counter("tocsin_notifier_bugs_total").count()).isEqualTo(1);
        assertThat(health.alive()).isFalse();
        pass(Duration.ofHours(1));
        happens("i2", IncidentEventType.OPENED);
        assertThat(outbox.held).isEmpty();
        assertThat(metrics.counter("tocsin_notifier_bugs_total").count()).isEqualTo(1);
    }

    private List<String> kept(String store, String incident) {
        var kept = new ArrayList<String>();
        try (var all = driver.<String, byte[]>getKeyValueStore(store).all()) {
            all.forEachRemaining(entry -> kept.add(entry.key));
        }
        kept.removeIf(key -> !key.contains(incident));
        return kept;
    }

    @Test
    void whatIsOverForAWeekIsForgottenAlsoWhereItWasNeverTaken() {
        team = "new"; // also for a target that nobody knows
        happens("i1", IncidentEventType.OPENED);
        answer(held(), new Rejected(410, "gone", true));
        happens("i1", IncidentEventType.CLOSED);
        happens("i2", IncidentEventType.OPENED);
        pass(Duration.ofDays(7).minusMinutes(20));
        assertThat(kept(RouteProcessor.TOLD, "i1")).hasSize(1);
        assertThat(kept(MailboxProcessor.MAILBOXES, "i1")).hasSizeGreaterThanOrEqualTo(2);
        pass(Duration.ofMinutes(20));
        pass(Duration.ofMinutes(10));
        assertThat(kept(RouteProcessor.TOLD, "i1")).isEmpty();
        assertThat(kept(MailboxProcessor.MAILBOXES, "i1")).isEmpty();
        assertThat(kept(RouteProcessor.TOLD, "i2")).hasSize(1);
        assertThat(kept(MailboxProcessor.MAILBOXES, "i2")).hasSize(2);
    }

    /// It ended the thread every ten minutes.
    @Test
    void whatWasKeptOfAnIncidentAndCannotBeReadKeepsNothingElseAndStopsNothing() {
        happens("i2", IncidentEventType.OPENED);
        answer(held(), TAKEN);
        happens("i2", IncidentEventType.CLOSED);
        answer(held(), TAKEN);
        driver.<String, byte[]>getKeyValueStore(RouteProcessor.TOLD).put("i1", new byte[] {1});
        pass(Duration.ofDays(7));
        pass(Duration.ofMinutes(10));
        assertThat(kept(RouteProcessor.TOLD, "i")).containsExactly("i1");
        assertThat(metrics.counter("tocsin_notifier_bugs_total").count()).isEqualTo(1);
        assertThat(health.alive()).isFalse();
        happens("i3", IncidentEventType.OPENED);
        assertThat(event(held()).getIncidentId()).isEqualTo("i3");
    }

    @Test
    void norDoesAConversationThatCannotBeRead() {
        happens("i2", IncidentEventType.OPENED);
        answer(held(), TAKEN);
        driver.<String, byte[]>getKeyValueStore(MailboxProcessor.MAILBOXES)
                .put("oncall\0ci1", new byte[] {99});
        pass(Duration.ofMinutes(10));
        assertThat(kept(MailboxProcessor.MAILBOXES, "i1")).isEmpty();
        assertThat(kept(MailboxProcessor.MAILBOXES, "i2")).isNotEmpty();
        happens("i2", IncidentEventType.CLOSED);
        assertThat(event(held()).getIncidentId()).isEqualTo("i2");
    }

    @Test
    void nullsAndWhatIsNoRecordOfTheTopicStopNothing() {
        incidents.pipeInput("shop", null);
        incidents.pipeInput(null, new byte[] {0, 0, 0, 0, 7, 1});
        deliveries.pipeInput("oncall", null);
        deliveries.pipeInput(null, new byte[] {0, 0, 0, 0, 7, 1});
        happens("i1", IncidentEventType.OPENED);
        assertThat(event(held()).getIncidentId()).isEqualTo("i1");
        assertThat(health.alive()).isTrue();
    }
}
