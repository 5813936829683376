package dev.tocsin.notifier.send;

import dev.tocsin.schemas.Delivery;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// One target's deliveries: strictly one after another within an incident, incidents beside each other, and never more
/// than a few at once, so that a slow target costs only itself. Thread-safe.
final class Lane {
    private static final int AT_ONCE = 4;

    private final Map<String, Deque<Delivery>> byIncident = new HashMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Consumer<Delivery> deliver;

    /// @param deliver blocks until the delivery has come to its end, however often it has to be tried
    Lane(Consumer<Delivery> deliver) {
        this.deliver = deliver;
    }

    void add(Delivery delivery) {
        synchronized (byIncident) {
            var queue = byIncident.get(delivery.getIncidentId());
            if (queue != null) {
                queue.add(delivery);
                return;
            }
            var fresh = new ArrayDeque<Delivery>();
            fresh.add(delivery);
            byIncident.put(delivery.getIncidentId(), fresh);
            Thread.ofVirtual()
                    .name("deliver-" + delivery.getTargetId())
                    .start(() -> drain(delivery.getIncidentId(), fresh));
        }
    }

    /// A place to send from; not held while waiting for the next try.
    Semaphore places() {
        return places;
    }

    private void drain(String incident, Deque<Delivery> queue) {
        while (true) {
            Delivery head;
            synchronized (byIncident) {
                head = queue.peek();
                if (head == null) {
                    byIncident.remove(incident);
                    return;
                }
            }
            deliver.accept(head);
            synchronized (byIncident) {
                queue.poll();
            }
        }
    }
}
