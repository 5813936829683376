package dev.tocsin.agent.publish;

import dev.tocsin.agent.publish.spool.Progress;
import dev.tocsin.agent.publish.spool.Progress.Range;
import dev.tocsin.agent.publish.spool.Spool;
import dev.tocsin.agent.publish.spool.Spool.Entry;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Lane;
import dev.tocsin.schemas.Topic;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.Warming;
import dev.tocsin.service.Health;
import dev.tocsin.service.progress.Spell;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `spool -> producer`: what is live first, what an earlier run or an absence has left beside it, slowly, in the lane BACKFILL. One thread, which
/// waits for Kafka as long as it takes.
final class Uploader {
    private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);
    private static final String PART = "publisher";
    private static final int IN_FLIGHT_CAP = 10_000;

    /// Older results are history: they must not hold up what happens now.
    private static final Duration LIVE_FOR = Duration.ofMinutes(1);

    /// At most a thousand a second are filled in.
    private static final long BACKFILL_PAUSE_NANOS = 1_000_000;

    /// What a busy machine slept too long is made good: a wait of a millisecond can take ten there.
    private static final long BACKFILL_ARREARS_NANOS = 20 * BACKFILL_PAUSE_NANOS;

    private static final long RETRY_MILLIS = 500;

    /// Their schemas are asked for once, before anything is sent: a registry that goes away later is not missed.
    private static final List<Topic<?>> WRITTEN =
            List.of(Topics.CHECK_RESULTS, Topics.CHECK_HOURS, Topics.AGENTS);

    /// A result on its way, and where it came from.
    ///
    /// @param range null for one that went past the disk
    private record Sending(CheckResult found, Lane lane, @Nullable Range range, long from) {}

    /// Lets time pass.
    interface Pause {
        void sleep(long millis) throws InterruptedException;
    }

    private final Spool spool;
    private final Progress progress;
    private final Bypass bypass;
    private final Link link;
    private final Serializer<SpecificRecord> serializer;
    private final String prefix;
    private final String where;
    private final Tally tally;
    private final Health health;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Pause pause;
    private final Queue<Sending> refused = new ConcurrentLinkedQueue<>();

    /// Those that were refused rest: what is not taken now is not taken in the next millisecond.
    private volatile long refusedAt;

    private final ClockOffset clockOffset = new ClockOffset();

    /// A broker that is gone fails nothing: what was handed over waits for it in the producer, for ever.
    private static final Duration SILENT = Duration.ofSeconds(15);

    private volatile long answeredNanos;
    private long nothingUnderWayNanos;
    private boolean silenceSaid;

    /// What stands before it in the spool is of earlier runs.
    private final long runStart;

    private volatile boolean warm;

    private final Spell spell = new Spell();

    /// Until Kafka has taken something again.
    private volatile boolean troubled;

    /// Up to then all pauses are used up.
    private long backfilledUntil;

    /// @param where Kafka is, for people
    Uploader(
            Spool spool,
            Progress progress,
            Bypass bypass,
            Link link,
            Serializer<SpecificRecord> serializer,
            String prefix,
            String where,
            Tally tally,
            Health health,
            InstantSource clock,
            LongSupplier nanos,
            Pause pause) {
        this.spool = spool;
        this.progress = progress;
        this.bypass = bypass;
        this.link = link;
        this.serializer = serializer;
        this.prefix = prefix;
        this.where = where;
        this.tally = tally;
        this.health = health;
        this.clock = clock;
        this.nanos = nanos;
        this.pause = pause;
        runStart = spool.end();
        backfilledUntil = nanos.getAsLong();
        answeredNanos = backfilledUntil;
        nothingUnderWayNanos = backfilledUntil;
        health.waiting(PART, unreached());
    }

    private String unreached() {
        return "has not reached Kafka yet at " + where;
    }

    Duration clockOffset() {
        return clockOffset.value();
    }

    /// Does the next thing there is to do.
    ///
    /// @param last whether nothing is appended any more: then it waits for nothing
    /// @return false when nothing that is live is left to do
    boolean turn(boolean last) throws InterruptedException {
        if (!warm()) {
            pause.sleep(RETRY_MILLIS);
            return true;
        }
        lookForAnswers();
        boolean rests = nanos.getAsLong() - refusedAt < RETRY_MILLIS * 1_000_000;
        var again = rests ? null : refused.poll();
        if (again != null) {
            if (!send(again)) {
                refused.add(again);
                pause.sleep(RETRY_MILLIS); // the registry or the broker is away: between tries
            }
            return true;
        }
        if (progress.inFlight() >= IN_FLIGHT_CAP) {
            pause.sleep(5); // the broker is behind: between looks
            return true;
        }
        var past = bypass.poll();
        if (past != null) {
            if (!send(new Sending(past, old(past) ? Lane.BACKFILL : Lane.LIVE, null, 0))) {
                bypass.again(past);
                pause.sleep(RETRY_MILLIS);
            }
            return true;
        }
        long end = spool.end();
        long live = progress.live();
        var entry = spool.read(live);
        if (entry != null) {
            live(entry, live);
            return true;
        }
        if (last) {
            return false;
        }
        var older = progress.backlog();
        long paused = nanos.getAsLong() - backfilledUntil;
        if (older != null && paused >= BACKFILL_PAUSE_NANOS) {
            backfilledUntil += Math.max(0, paused - BACKFILL_ARREARS_NANOS) + BACKFILL_PAUSE_NANOS;
            backfill(older);
        } else {
            spool.await(end, older == null && bypass.isEmpty() ? 50 : 1);
        }
        return true;
    }

    private void lookForAnswers() {
        long now = nanos.getAsLong();
        if (progress.inFlight() == 0) {
            nothingUnderWayNanos = now;
        }
        long silent = Math.min(now - nothingUnderWayNanos, now - answeredNanos);
        if (silent > SILENT.toNanos()) {
            var why =
                    "Kafka has answered nothing for "
                            + Duration.ofNanos(silent).toSeconds()
                            + " s, with results under way";
            say("results wait here until it does", why);
            health.waiting(PART, why);
            silenceSaid = true;
        } else if (silenceSaid) {
            silenceSaid = false;
            if (refused.isEmpty()) { // else there is something else to say, and it was said
                fine();
            }
        }
    }

    private boolean warm() {
        if (!warm) {
            try {
                var _ = link.producer().partitionsFor(Topics.CHECK_RESULTS.named(prefix));
                WRITTEN.forEach(topic -> Warming.id(serializer, topic, prefix));
                warm = true;
                fine();
            } catch (KafkaException | IllegalStateException e) {
                // IllegalStateException: the producer was closed meanwhile.
                trouble("results wait here until Kafka and the registry answer", e);
            }
        }
        return warm;
    }

    private boolean old(CheckResult result) {
        return result.getStartedAt().isBefore(clock.instant().minus(LIVE_FOR));
    }

    private void live(Entry entry, long from) throws InterruptedException {
        if (old(entry.result())) {
            progress.giveUpLive(spool.end());
        } else {
            start(entry, Lane.LIVE, from);
        }
    }

    private void backfill(long from) throws InterruptedException {
        var entry = spool.read(from);
        if (entry == null || entry.at() > from) {
            progress.passOver(from, entry == null ? Long.MAX_VALUE : entry.at());
        } else {
            start(entry, Lane.BACKFILL, from);
        }
    }

    private void start(Entry entry, Lane lane, long from) throws InterruptedException {
        var range = progress.sending(from, entry.next());
        if (!send(new Sending(entry.result(), lane, range, from))) {
            progress.takeBack(range, from);
            pause.sleep(RETRY_MILLIS);
        }
    }

    /// @return false when it could not be handed over now
    private boolean send(Sending sending) {
        var topic = Topics.CHECK_RESULTS.named(prefix);
        try {
            var result = outgoing(sending);
            var producer = link.producer();
            var value = serializer.serialize(topic, result);
            long sentAt = clock.millis();
            long sentNanos = nanos.getAsLong();
            var _ =
                    producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    null,
                                    result.getCheckId(),
                                    value,
                                    TraceParent.headers(result)),
                            (metadata, e) -> {
                                if (e == null) {
                                    clockOffset.sample(
                                            sentAt,
                                            metadata.timestamp(),
                                            sentNanos,
                                            nanos.getAsLong());
                                }
                                answered(sending, e);
                            });
            return true;
        } catch (SerializationException e) {
            lose(sending); // the registry has answered: it is the result that cannot be written
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            // IllegalStateException: the producer was closed meanwhile.
            trouble("results wait here until Kafka and the registry answer", e);
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            // Tried again it would be so for ever, and hold up what comes after. The loop says what
            // it was.
            lose(sending);
            throw e;
        }
    }

    private CheckResult outgoing(Sending sending) {
        // What an earlier build has left in the spool was not cut yet.
        var found = ofThisRun(sending) ? sending.found() : Clip.fit(sending.found());
        var builder = CheckResult.newBuilder(found).setLane(sending.lane());
        if (sending.lane() == Lane.LIVE) {
            builder.setClockOffsetMs(clockOffset.value().toMillis());
        }
        return builder.build();
    }

    private void lose(Sending sending) {
        passed(sending);
        tally.lose(ofThisRun(sending));
    }

    /// Nothing is left to do with it.
    private void passed(Sending sending) {
        if (sending.range() != null) {
            progress.acknowledged(sending.range(), sending.from());
        }
    }

    private boolean ofThisRun(Sending sending) {
        return sending.range() == null || sending.from() >= runStart;
    }

    private void answered(Sending sending, @Nullable Exception e) {
        if (e != null && !(e instanceof RecordTooLargeException)) {
            trouble("a result was refused; it is tried again", e);
            long now = nanos.getAsLong();
            refusedAt = now;
            refused.add(sending);
            if (!(e instanceof TimeoutException)) {
                // Last: whoever sees that the silence is over sees why it is not well.
                answeredNanos = now;
            }
            return;
        }
        if (e == null) {
            passed(sending);
            answeredNanos = nanos.getAsLong();
            tally.acknowledged.addAndGet(ofThisRun(sending) ? 1 : 0);
            fine();
        } else {
            // Tried again it would be refused for ever, and hold up what comes after.
            lose(sending);
            LOG.atError()
                    .addKeyValue("check", sending.found().getCheckId())
                    .addKeyValue("why", e.getMessage())
                    .log("a result is too large even without its texts: lost");
        }
    }

    private void trouble(String what, Exception e) {
        say(what, String.valueOf(e.getMessage()));
        health.waiting(PART, warm ? e.toString() : unreached() + ": " + e);
    }

    /// When it begins, and once a minute while it lasts.
    private synchronized void say(String what, String why) {
        troubled = true;
        if (spell.next(true, now()) != null) {
            LOG.atWarn().addKeyValue("why", why).log(what);
        }
    }

    /// Not as long as some of them are refused, though others are taken.
    private void fine() {
        if (troubled) {
            goesOn();
        } else {
            health.fine(PART);
        }
    }

    private synchronized void goesOn() {
        if (!refused.isEmpty()) {
            return;
        }
        troubled = false;
        health.fine(PART);
        if (spell.next(false, now()) == Spell.Word.ENDS) {
            LOG.atInfo()
                    .addKeyValue("after-s", spell.end(now()).toSeconds())
                    .log("results reach Kafka again");
        }
    }

    private Duration now() {
        return Duration.ofNanos(nanos.getAsLong());
    }
}
