package dev.tocsin.agent;

import dev.tocsin.agent.publish.ResultPublisher;
import dev.tocsin.agent.schedule.Canaries;
import dev.tocsin.agent.schedule.Origin;
import dev.tocsin.agent.schedule.Scheduler;
import dev.tocsin.schemas.AgentStatus;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.Clip;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/// What an agent says of itself: at once when it can, every ten seconds, and at last that it leaves. Thread-safe.
final class Heartbeat {
    /// Definitions that it cannot run: so many are named, in so many characters.
    private static final int BAD_AT_MOST = 50;

    private static final int WHY_AT_MOST = 300;

    /// For people: under a key that is no check's id may stand anything.
    private static final int ID_AT_MOST = 100;

    private static final int EACH_SECONDS = 10;

    private final Origin origin;
    private final InstantSource clock;
    private final ResultPublisher publisher;
    private int seconds;
    private boolean left;

    Heartbeat(Origin origin, InstantSource clock, ResultPublisher publisher) {
        this.origin = origin;
        this.clock = clock;
        this.publisher = publisher;
    }

    private AgentStatus.Builder status() {
        return AgentStatus.newBuilder()
                .setAgentId(origin.agentId())
                .setRegion(origin.region())
                .setBootEpoch(origin.bootEpoch())
                .setAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .setClockOffsetMs(publisher.clockOffset().toMillis())
                .setVersion("0.1.0")
                .setPendingResults(publisher.pending())
                .setLostResults(publisher.lost());
    }

    /// The publisher goes on with the newest until it was sent: until it is heard of, an agent has no share.
    void eachSecond(Scheduler scheduler, Canaries canaries) {
        if (seconds++ % EACH_SECONDS != 0) {
            return;
        }
        var status =
                status().setChecks(scheduler.checks())
                        .setOffline(canaries.offline())
                        .setBadDefinitions(some(scheduler.badDefinitions()))
                        .build();
        tell(status);
    }

    /// A heartbeat that does not fit would be none at all.
    private static Map<String, String> some(Map<String, String> bad) {
        var some = new TreeMap<String, String>();
        for (var entry : new TreeMap<>(bad).entrySet()) {
            if (some.size() == BAD_AT_MOST) {
                break;
            }
            some.put(Clip.to(ID_AT_MOST, entry.getKey()), Clip.to(WHY_AT_MOST, entry.getValue()));
        }
        return some;
    }

    /// No lock is held over anything that can take long: it ends with the process.
    private synchronized void tell(AgentStatus status) {
        if (!left) {
            publisher.tell(Topics.AGENTS, origin.agentId(), status);
        }
    }

    /// It runs nothing any more; nothing is said after that.
    synchronized void leave() {
        tell(status().setChecks(0).setLeaving(true).build());
        left = true;
    }
}
