package dev.tocsin.incident.stream;

import static dev.tocsin.incident.stream.Plain.bytes;
import static dev.tocsin.incident.stream.Plain.decoder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.incident.wire.Incidents;
import dev.tocsin.schemas.Command;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.Signal;
import dev.tocsin.service.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A task of those who decide on groups, without Kafka.
class SignalProcessorTest {
    private static final Instant START = Incidents.START;

    private final MockProcessorContext<String, byte[]> context =
            new MockProcessorContext<>(new Properties());
    private final Counters counters = new Counters(new SimpleMeterRegistry(), new Health());
    private final List<IncidentEvent> told = new ArrayList<>();
    private long offset;
    private SignalProcessor processor = processor();

    private SignalProcessor processor() {
        var outbox =
                new Outbox(
                        "",
                        "signals-sink",
                        (topic, event) -> {
                            if (topic.equals("incidents")) {
                                told.add(event);
                            }
                            return bytes(event::toByteBuffer);
                        },
                        (_, signal) -> bytes(signal::toByteBuffer),
                        counters);
        return new SignalProcessor(
                "",
                decoder(Signal.getDecoder()),
                decoder(Command.getDecoder()),
                _ -> "",
                outbox,
                counters);
    }

    @BeforeEach
    void init() {
        SignalProcessor.STORES.forEach(name -> context.addStateStore(Stored.inMemory(name)));
        context.setCurrentSystemTimeMs(
                0); // long ago: no rebuild, and signals have no ids of their own
        processor.init(context);
    }

    private void restart() {
        processor = processor();
        processor.init(context);
    }

    private void hear(String check, boolean open, int decided, int appended) {
        var at = START.plusSeconds(decided);
        var signal =
                Incidents.signal(
                        Incidents.event(check, 3, open, at)
                                .setFailingSince(open ? at : null)
                                .build());
        context.setRecordMetadata("signals", 0, offset++);
        processor.process(
                new Record<>(
                        Outages.key("all"),
                        bytes(signal::toByteBuffer),
                        START.plusSeconds(appended).toEpochMilli()));
    }

    private void tick(int second) {
        context.setRecordMetadata("check-results", 0, offset++);
        processor.process(new Record<>(null, null, START.plusSeconds(second).toEpochMilli()));
    }

    private List<String> outage() {
        return told.stream()
                .filter(event -> event.getType() != IncidentEventType.UPDATED)
                .map(event ->
                        event.getType()
                                + " at "
                                + START.until(event.getAt()).toSeconds()
                                + " of "
                                + event.getChildrenCount())
                .toList();
    }

    /// One partition's results were all read before another's: as after a restart.
    private void backlog(int appended) {
        hear("a1", true, 1, appended);
        hear("a2", true, 4, appended);
        hear("a1", false, 15, appended);
        hear("a2", false, 16, appended);
        tick(17);
        hear("b1", true, 2, appended + 1);
        hear("b2", true, 3, appended + 1);
        hear("b1", false, 18, appended + 1);
        hear("b2", false, 19, appended + 1);
    }

    @Test
    void whatPartitionsTellWhileTheyCatchUpIsTakenInTheOrderOfWhatWasMeasured() {
        backlog(40);
        assertThat(told).isEmpty();
        tick(43);
        assertThat(told).isEmpty();
        tick(44);
        assertThat(outage()).containsExactly("OPENED at 2 of 2", "CLOSED at 19 of 4");
        tick(45);
        hear("a1", true, 1000, 1001);
        hear("a2", true, 1001, 1001);
        assertThat(outage()).last().isEqualTo("OPENED at 1001 of 2");
    }

    @Test
    void aRestartInTheMiddleLosesNothingAndTellsNothingTwice() {
        backlog(40);
        restart();
        tick(41);
        assertThat(told).isEmpty();
        tick(44);
        assertThat(outage()).containsExactly("OPENED at 2 of 2", "CLOSED at 19 of 4");
        restart();
        tick(60);
        assertThat(outage()).hasSize(2);
    }

    /// Streams calls `init` again on the same processor after a TaskCorruptedException.
    @Test
    void aRevivedTaskLosesNothingAndTellsNothingTwice() {
        backlog(40);
        processor.init(context);
        tick(41);
        assertThat(told).isEmpty();
        tick(44);
        assertThat(outage()).containsExactly("OPENED at 2 of 2", "CLOSED at 19 of 4");
        processor.init(context);
        tick(60);
        assertThat(outage()).hasSize(2);
    }

    /// What is open goes on meanwhile, and no time passes for it that its checks have not come to.
    @Test
    void anOutageThatIsOpenWaitsToo() {
        hear("a1", true, 1, 1);
        hear("a2", true, 1, 1);
        hear("a3", true, 1, 1);
        hear("b1", true, 2, 40);
        tick(42);
        assertThat(told).extracting(IncidentEvent::getAt).containsExactly(START.plusSeconds(1));
        tick(43);
        assertThat(told).extracting(IncidentEvent::getAt).last().isEqualTo(START.plusSeconds(2));
    }

    @Test
    void thousandsThatAreLateAreTakenWithinSomeTicks() {
        for (int check = 0; check < 12_000; check++) {
            hear("check" + check, true, 1, 40);
        }
        for (int second = 43; second < 47; second++) {
            tick(second);
        }
        assertThat(told.getLast().getChildrenCount()).isEqualTo(12_000);
        assertThat(outage()).containsExactly("OPENED at 1 of 2");
    }
}
