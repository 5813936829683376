package dev.tocsin.standalone.command;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.service.AdminServer;
import dev.tocsin.service.Health;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.Pipeline;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.IncidentFeed;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        description =
                "Run everything here for your own checks: broker, registry, agents, streams, notifier, status page.",
        mixinStandardHelpOptions = true)
public final class UpCommand implements Callable<Integer> {
    @Mixin ConfigOption config = new ConfigOption();

    @Mixin DataDirOption data = new DataDirOption();

    @Mixin PortsOption portsOption = new PortsOption();

    @Override
    public Integer call() throws Exception {
        var file = config.load();
        var applied = new Applied(file);
        var checks = applied.checks();
        var notify = NotifyConfig.from(file);
        var ports = portsOption.free();
        var health = new Health();
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var lifecycle = new Lifecycle();
        ServiceCommands.endWith(lifecycle);
        lifecycle.closing(
                "admin",
                new AdminServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.admin()),
                        health,
                        metrics));
        System.out.println("starting Kafka and the schema registry ...");
        var cluster = lifecycle.closing("cluster", new Cluster(data.dir, ports));
        applied.publish(cluster.settings(), true);
        var agents =
                checks.stream()
                        .flatMap(check -> check.getRegions().stream())
                        .distinct()
                        .map(region -> AgentConfig.of(region, Map.of()))
                        .toList();
        lifecycle.closing(
                "pipeline",
                new Pipeline(
                        cluster.settings(),
                        data.dir,
                        agents,
                        notify,
                        System.getenv(),
                        health,
                        metrics));
        var page = StatusPage.Spec.from(file, ports.page());
        lifecycle.closing("page", new StatusPage(cluster.settings(), page, health, metrics));
        System.out.printf(
                "running %d checks; Kafka %s, registry %s, status page http://%s:%d/, health http://127.0.0.1:%d/health; Ctrl-C ends it%n",
                checks.size(),
                cluster.settings().bootstrapServers(),
                cluster.settings().registryUrl(),
                page.host(),
                page.port(),
                ports.admin());
        IncidentFeed.read(
                cluster.settings(),
                true,
                health::isRefused,
                event -> System.out.println(IncidentFeed.line(event)));
        return Exit.REFUSED;
    }
}
