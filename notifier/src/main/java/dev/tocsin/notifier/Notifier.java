package dev.tocsin.notifier;

import dev.tocsin.notifier.send.DeliveryWorker;
import dev.tocsin.notifier.stream.Router;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Both steps of the notifier, joined by topics alone. A step that fails is begun anew from what the topics hold.
public final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Lifecycle lifecycle = new Lifecycle();
    private final Health health;
    private volatile boolean closing;

    /// What a step is to its loop.
    private record Step(
            AutoCloseable resources, java.util.function.Consumer<BooleanSupplier> run) {}

    /// @param instance name of this process among its like; stays the same over restarts
    public Notifier(KafkaSettings kafka, String instance, NotifyConfig config, Health health) {
        this.health = health;
        start(
                "router",
                () -> {
                    var router = new Router(kafka, instance, config.routes(), health);
                    return new Step(router, router::run);
                });
        start(
                "delivery",
                () -> {
                    var worker = new DeliveryWorker(kafka, instance, config.targets(), health);
                    return new Step(worker, worker::run);
                });
        lifecycle.onClose("stop", () -> closing = true);
    }

    private void start(String name, Supplier<Step> fresh) {
        health.waiting(name, "starting");
        var thread = Thread.ofPlatform().daemon().name(name).start(() -> loop(name, fresh));
        lifecycle.onClose(name, () -> thread.join(Duration.ofSeconds(10)));
    }

    private void loop(String name, Supplier<Step> fresh) {
        while (!closing) {
            try {
                var step = KafkaSettings.connect(fresh);
                try (var _ = step.resources()) {
                    step.run().accept(() -> closing);
                }
            } catch (Exception e) {
                if (!e.toString().equals(health.why(name))) {
                    LOG.atWarn()
                            .addKeyValue("step", name)
                            .addKeyValue("why", e.toString())
                            .log("begins anew from what the topics hold");
                }
                LOG.atDebug().setCause(e).log("its stack");
                health.waiting(name, e.toString());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            closing = true;
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
