package dev.tocsin.notifier.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Delivery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LaneTest {
    @Test
    void aLaneKeepsTheOrderOfAnIncidentAndLetsOthersPass() throws InterruptedException {
        var order = Collections.synchronizedList(new ArrayList<String>());
        var held = new CountDownLatch(1);
        var done = new CountDownLatch(4);
        var lane =
                new Lane(delivery -> {
                    if (delivery.getDeliveryId().equals("a1")) {
                        awaitQuietly(held);
                    }
                    order.add(delivery.getDeliveryId());
                    if (delivery.getDeliveryId().equals("b1")) {
                        held.countDown();
                    }
                    done.countDown();
                });
        for (var id : List.of("a1", "a2", "a3", "b1")) {
            lane.add(
                    Delivery.newBuilder()
                            .setDeliveryId(id)
                            .setTargetId("t")
                            .setIncidentId(id.substring(0, 1))
                            .setEventId(id)
                            .setSeq(1)
                            .setReason("test")
                            .setCreatedAt(Instant.EPOCH)
                            .build());
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly("b1", "a1", "a2", "a3");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
