package dev.tocsin.page.web;

import dev.tocsin.service.HttpServers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what the page is asked. Thread-safe.
final class Requests implements HttpServers.Observer {
    private final MeterRegistry metrics;
    private final AtomicInteger underWay = new AtomicInteger();

    Requests(MeterRegistry metrics) {
        this.metrics = metrics;
        Gauge.builder("tocsin_page_requests_under_way", underWay, AtomicInteger::get)
                .description("Requests that are being answered.")
                .register(metrics);
    }

    @Override
    public void begins() {
        underWay.incrementAndGet();
    }

    @Override
    public void ends(int status) {
        underWay.decrementAndGet();
        Counter.builder("tocsin_page_requests_total")
                .description("Requests that were answered, by status; 0 where the asker went away.")
                .tag("status", Integer.toString(Math.max(0, status)))
                .register(metrics)
                .increment();
    }
}
