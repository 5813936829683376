package dev.tocsin.standalone.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/// CPU time of an app's threads since this was made. Kafka Streams puts the application id into the names of all of them, its clients' included; the
/// broker in this process is none of them. One thread.
final class ThreadsCpu {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final String name;
    private final Map<Long, Long> before;
    private final Map<Long, Long> last = new HashMap<>();

    ThreadsCpu(String name) {
        this.name = name;
        look();
        before = Map.copyOf(last);
    }

    /// To be called often: of a thread that has ended what it did after the last look is lost.
    void look() {
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().contains(name)) {
                long nanos = threads.getThreadCpuTime(info.getThreadId());
                if (nanos >= 0) {
                    last.put(info.getThreadId(), nanos);
                }
            }
        }
    }

    double seconds() {
        long nanos = 0;
        for (var thread : last.entrySet()) {
            nanos += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return nanos / 1e9;
    }
}
