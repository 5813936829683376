package dev.tocsin.page;

import dev.tocsin.page.board.Board;
import dev.tocsin.page.board.Feed;
import dev.tocsin.page.board.Freshness;
import dev.tocsin.page.view.Viewer;
import dev.tocsin.page.web.PageServer;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.serde.RegistryLease;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.HttpServers;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.service.SteadyClock;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.progress.ProgressWatch;
import dev.tocsin.service.streams.Bugs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The process behind the public page. Answers from the first moment on, and goes on answering while Kafka is away: grey.
public final class StatusPage implements AutoCloseable {
    private static final Duration RESULTS = Duration.ofMinutes(10);
    private static final Duration EVENTS = Duration.ofDays(30);

    private final Lifecycle lifecycle = new Lifecycle();
    private final int port;

    /// The `status-page:` section.
    public record Spec(@Nullable String host, @Nullable Integer port, @Nullable String title) {
        public Spec {
            HttpServers.requirePort(port);
            var unseen = title == null ? null : PlainText.wrong(title);
            if (unseen != null) {
                throw new IllegalArgumentException("title: " + unseen);
            }
        }

        /// @param port the default
        public static Spec from(ConfigFile config, int port) {
            var spec = config.section("status-page", Spec.class).orElse(new Spec(null, null, null));
            return new Spec(
                    spec.host() == null ? "127.0.0.1" : spec.host(),
                    spec.port() == null ? (Integer) port : spec.port(),
                    spec.title() == null ? "Status" : spec.title());
        }
    }

    /// @param given with a registry's client to share, or one is made
    /// @param spec with its defaults filled in
    public StatusPage(KafkaSettings given, Spec spec, Health health, MeterRegistry metrics) {
        var registry = lifecycle.closing("registry", RegistryLease.of(given.serdes())).registry();
        var kafka = given.carrying(RegistryLease.CARRIED, registry);
        var board = new Board();
        var clock = new SteadyClock();
        var title = String.valueOf(spec.title());
        var address =
                new InetSocketAddress(
                        String.valueOf(spec.host()), spec.port() == null ? 0 : spec.port());
        var server =
                lifecycle.closing(
                        "page",
                        new PageServer(
                                address,
                                () -> Viewer.view(title, board, clock.instant()),
                                health,
                                metrics));
        age(
                metrics,
                "tocsin_page_data_age_seconds",
                "Since the newest record that the page has read was stamped; NaN before the first.",
                board,
                clock,
                Freshness::last);
        age(
                metrics,
                "tocsin_page_decided_age_seconds",
                "Since incident-streams last said that it decides; NaN before it did.",
                board,
                clock,
                Freshness::decided);
        for (var feed : Feed.ALL) {
            Gauge.builder("tocsin_page_feed_read", board, b -> b.isRead(feed) ? 1 : 0)
                    .description("1 when what a feed had at the start has been read.")
                    .tag("feed", feed)
                    .register(metrics);
        }
        port = server.port();
        lifecycle.closing("topic watch", TopicCheck.watch(kafka, registry, health));
        var positions = new Positions();
        var watch =
                new Feed.Watch(
                        health,
                        positions,
                        new Unread(metrics),
                        new Bugs(metrics, "tocsin_page_bugs_total", health));
        lifecycle.closing("state", Feed.state(kafka, board, clock, watch));
        lifecycle.closing("incidents", Feed.events(kafka, EVENTS, board, watch));
        lifecycle.closing("results", Feed.results(kafka, RESULTS, board, clock, watch));
        lifecycle.closing(
                "progress",
                new ProgressWatch(
                        kafka,
                        "page",
                        Topics.INCIDENTS.named(kafka.topicPrefix()),
                        positions,
                        health,
                        metrics));
    }

    private static void age(
            MeterRegistry metrics,
            String name,
            String description,
            Board board,
            SteadyClock clock,
            Function<Freshness, Optional<Instant>> newest) {
        Gauge.builder(name, board, b -> b.ageSeconds(newest, clock.instant()))
                .description(description)
                .register(metrics);
    }

    /// Where it listens.
    public int port() {
        return port;
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
