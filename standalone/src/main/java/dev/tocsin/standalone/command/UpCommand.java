package dev.tocsin.standalone.command;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.service.AdminServer;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.embedded.Cluster;
import dev.tocsin.standalone.embedded.FolderLock;
import dev.tocsin.standalone.embedded.Pipeline;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.IncidentFeed;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        description = {
            "Run everything here for your own checks: broker, registry, agents, streams, notifier, status page.",
            "Kafka, registry and health listen on loopback alone, so agents elsewhere cannot join it: for that there is docker-compose.yml, or a cluster of your own."
        },
        mixinStandardHelpOptions = true)
public final class UpCommand implements Callable<Integer> {
    @Mixin ConfigOption config = new ConfigOption();

    @Mixin DataDirOption data = new DataDirOption();

    @Mixin PortsOption portsOption = new PortsOption();

    /// Sections of a file that say how the parts run apart.
    private static final Map<String, String> NOT_USED =
            new TreeMap<>(
                    Map.of(
                            "admin", "health is on loopback, by --port-base",
                            "agent", "there is an agent here for each region of the checks",
                            "kafka", "there is a Kafka and a registry here, by --port-base",
                            "streams", "there is one here"));

    /// A line for each section of the file that is not used.
    static List<String> notUsed(ConfigFile file) {
        return NOT_USED.entrySet().stream()
                .filter(section -> file.has(section.getKey()))
                .map(section -> section.getKey() + ": is not used by up: " + section.getValue())
                .toList();
    }

    @Override
    public Integer call() throws Exception {
        var file = config.load();
        notUsed(file).forEach(System.out::println);
        var applied = new Applied(file);
        var checks = applied.checks();
        var notify = NotifyConfig.from(file);
        Slips.warn(file);
        var health = ServiceCommands.starting();
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var lifecycle = new Lifecycle();
        lifecycle.closing(
                "lock", new FolderLock(data.dir)); // before anything in it, or of it, is touched
        ServiceCommands.endWith(lifecycle);
        var ports = portsOption.free();
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
        for (var agent : agents) { // which one of its id could be given that alone
            var _ = data.of("agent-" + agent.id(), lifecycle);
        }
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
        health.fine(ServiceCommands.START);
        System.out.printf(
                "running %d checks; Kafka %s, registry %s, status page http://%s:%d/, health http://127.0.0.1:%d/health; Ctrl-C ends it%n",
                checks.size(),
                cluster.settings().bootstrapServers(),
                cluster.settings().registryUrl(),
                page.host(),
                page.port(),
                ports.admin());
        System.out.println(
                "Kafka, registry and health are on this machine's loopback alone; other commands "
                        + reach(file, portsOption.base));
        System.out.println(
                "the file was read once: tocsin apply puts changed checks in force, a new start all else");
        IncidentFeed.read(
                cluster.settings(),
                true,
                health::isRefused,
                event -> System.out.println(IncidentFeed.line(event)));
        return ServiceCommands.ended(health);
    }

    /// Without `--port-base` they go where the file that they read says, which is not always here.
    static String reach(ConfigFile file, @Nullable Integer base) {
        if (base != null) {
            return "reach it with --port-base " + base;
        }
        return file.has("kafka")
                ? "go where kafka: in the file says, and NOT here: start it with --port-base N, and give them the same"
                : "reach it as they are";
    }
}
