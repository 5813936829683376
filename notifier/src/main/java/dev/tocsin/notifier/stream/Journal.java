package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.Alarm;
import dev.tocsin.notifier.mailbox.Answered;
import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.notifier.send.Outgoing.Answer;
import dev.tocsin.schemas.Delivery;
import dev.tocsin.schemas.DeliveryAttempt;
import dev.tocsin.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What came of each try: on record in `delivery-attempts`, in the log and in the meters; what is given up in the dead letters; and what others should hear
/// of it in their mailboxes.
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(MailboxProcessor.class);

    /// Takes a record for a sink.
    interface Sink {
        void forward(String sink, String key, byte[] value, Instant at);
    }

    private final String deliveries;
    private final String attempts;
    private final Formats formats;
    private final TargetMeters meters;
    private final Sink sink;

    /// @param prefix of topics
    Journal(String prefix, Formats formats, TargetMeters meters, Sink sink) {
        deliveries = Topics.DELIVERIES.named(prefix);
        attempts = Topics.DELIVERY_ATTEMPTS.named(prefix);
        this.formats = formats;
        this.meters = meters;
        this.sink = sink;
    }

    /// Each conversation that was told is on record; of a digest that was not taken, the first stands for all.
    void tried(
            String target,
            Sending sending,
            Answer answer,
            DeliveryResult result,
            Answered answered) {
        meters.tried(target, outcome(result), result);
        for (var carried : sending.carried()) {
            sink.forward(
                    MailboxProcessor.ATTEMPTS,
                    target,
                    formats.attempt()
                            .serialize(
                                    attempts,
                                    attempt(target, sending, carried, answer, result, answered)),
                    answer.ended());
            if (answered.givenUp()) {
                giveUp(target, carried, answer);
            }
            if (!(result instanceof Delivered)) {
                break;
            }
        }
        if (answered.alarm() != null) {
            raised(answered.alarm(), answer.ended());
        } else if (!(result instanceof Delivered)) {
            LOG.atWarn()
                    .addKeyValue("target", target)
                    .addKeyValue("attempt", sending.attempt())
                    .addKeyValue("status", result.status())
                    .addKeyValue("next", answered.next())
                    .addKeyValue("why", result.detail())
                    .log("not delivered");
        }
    }

    private static String outcome(DeliveryResult result) {
        return switch (result) {
            case Delivered _ -> "delivered";
            case Retry _ -> "retry";
            case Rejected _ -> "rejected";
        };
    }

    private static DeliveryAttempt attempt(
            String target,
            Sending sending,
            Sending.Carried carried,
            Answer answer,
            DeliveryResult result,
            Answered answered) {
        return DeliveryAttempt.newBuilder()
                .setDeliveryId(answer.message())
                .setTargetId(target)
                .setIncidentId(carried.conversation())
                .setEventId(carried.eventId())
                .setSeq(carried.seq())
                .setAttempt(sending.attempt())
                .setAt(answer.begun().truncatedTo(ChronoUnit.MILLIS))
                .setDurationMs(Duration.between(answer.begun(), answer.ended()).toMillis())
                .setIncidents(sending.carried().size())
                .setOutcome(outcome(result))
                .setStatus(result.status())
                .setDetail(result.detail())
                .setNextAttemptAt(millis(answered.next()))
                .build();
    }

    private static @Nullable Instant millis(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS);
    }

    private void giveUp(String target, Sending.Carried carried, Answer answer) {
        var letter =
                Delivery.newBuilder()
                        .setDeliveryId(answer.message())
                        .setTargetId(target)
                        .setIncidentId(carried.conversation())
                        .setEventId(carried.eventId())
                        .setSeq(carried.seq())
                        .setReason("given up")
                        .setCreatedAt(answer.ended().truncatedTo(ChronoUnit.MILLIS))
                        .build();
        sink.forward(
                deliveries + "-dlq",
                target,
                formats.delivery().serialize(deliveries, letter),
                answer.ended());
    }

    /// To the mailboxes of those who should hear it.
    void raised(Alarm alarm, Instant now) {
        (alarm.open() ? LOG.atError() : LOG.atInfo())
                .addKeyValue("target", alarm.target())
                .addKeyValue("told", alarm.to())
                .log(alarm.why());
        for (var delivery : Alarms.deliveries(alarm, now)) {
            sink.forward(
                    MailboxProcessor.ALARMS,
                    delivery.getTargetId(),
                    formats.delivery().serialize(deliveries, delivery),
                    now);
        }
    }
}
