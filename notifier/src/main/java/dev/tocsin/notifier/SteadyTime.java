package dev.tocsin.notifier;

import java.time.InstantSource;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/// Kafka Streams' time by a clock that does not leap: by the machine's it would look for no answer and commit nothing for as long as that was set back.
record SteadyTime(InstantSource clock) implements Time {
    @Override
    public long milliseconds() {
        return clock.millis();
    }

    @Override
    public long nanoseconds() {
        return Time.SYSTEM.nanoseconds();
    }

    @Override
    public void sleep(long millis) {
        Time.SYSTEM.sleep(millis);
    }

    @Override
    public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs)
            throws InterruptedException {
        Time.SYSTEM.waitObject(
                object, condition, deadlineMs - milliseconds() + Time.SYSTEM.milliseconds());
    }
}
