package dev.tocsin.standalone;

import dev.tocsin.agent.Agent;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.incident.IncidentStreams;
import dev.tocsin.notifier.Notifier;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.service.AdminServer;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Each service as a process of its own.
public final class ServiceCommands {
    private ServiceCommands() {}

    /// The `admin:` section: where `/health`, `/ready` and `/metrics` are.
    record AdminSpec(@Nullable String host, @Nullable Integer port) {
        static InetSocketAddress from(ConfigFile config, int fallback) {
            var spec = config.section("admin", AdminSpec.class).orElse(new AdminSpec(null, null));
            return new InetSocketAddress(
                    spec.host() == null ? "127.0.0.1" : spec.host(),
                    spec.port() == null ? fallback : spec.port());
        }
    }

    /// Runs until the process is told to end, then ends what was started, last first.
    abstract static class Service implements Callable<Integer> {
        @Mixin ConfigOption config = new ConfigOption();

        @Override
        public Integer call() throws InterruptedException {
            var file = config.load(Path.of("tocsin.yaml"));
            var health = new Health();
            var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var lifecycle = new Lifecycle();
            endWith(lifecycle);
            var admin =
                    lifecycle.closing(
                            "admin",
                            new AdminServer(AdminSpec.from(file, adminPort()), health, metrics));
            lifecycle.closing("service", start(file, KafkaSettings.from(file), health, metrics));
            System.out.println("running; health on port " + admin.port() + "; Ctrl-C ends it");
            new CountDownLatch(1).await();
            return 0;
        }

        abstract int adminPort();

        abstract AutoCloseable start(
                ConfigFile file,
                KafkaSettings kafka,
                Health health,
                PrometheusMeterRegistry metrics);
    }

    /// Closes at Ctrl-C or SIGTERM.
    public static void endWith(Lifecycle lifecycle) {
        Runtime.getRuntime().addShutdownHook(new Thread(lifecycle::close, "shutdown"));
    }

    @Command(
            name = "agent",
            description = "Run the checks of one region.",
            mixinStandardHelpOptions = true)
    static final class AgentCommand extends Service {
        @Mixin DataDirOption data = new DataDirOption();

        @Override
        int adminPort() {
            return 9101;
        }

        @Override
        AutoCloseable start(
                ConfigFile file,
                KafkaSettings kafka,
                Health health,
                PrometheusMeterRegistry metrics) {
            var agent = AgentConfig.from(file);
            return new Agent(
                    agent,
                    kafka,
                    CheckFile.read(file),
                    data.dir.resolve("agent-" + agent.id()),
                    System.getenv(),
                    health,
                    metrics);
        }
    }

    @Command(
            name = "streams",
            description = "Turn results into incidents.",
            mixinStandardHelpOptions = true)
    static final class StreamsCommand extends Service {
        @Option(
                names = "--instance",
                defaultValue = "1",
                description = "Name among its like; the same after a restart.")
        String instance = "1";

        @Mixin DataDirOption data = new DataDirOption();

        @Override
        int adminPort() {
            return 9102;
        }

        @Override
        AutoCloseable start(
                ConfigFile file,
                KafkaSettings kafka,
                Health health,
                PrometheusMeterRegistry metrics) {
            return new IncidentStreams(
                    kafka, instance, data.dir.resolve("streams-" + instance), health, metrics);
        }
    }

    @Command(
            name = "notifier",
            description = "Route incidents and deliver alerts.",
            mixinStandardHelpOptions = true)
    static final class NotifierCommand extends Service {
        @Option(
                names = "--instance",
                defaultValue = "1",
                description = "Name among its like; the same after a restart.")
        String instance = "1";

        @Override
        int adminPort() {
            return 9103;
        }

        @Override
        AutoCloseable start(
                ConfigFile file,
                KafkaSettings kafka,
                Health health,
                PrometheusMeterRegistry metrics) {
            return new Notifier(kafka, instance, NotifyConfig.from(file), health);
        }
    }

    @Command(
            name = "status-page",
            description = "Show the public what was measured.",
            mixinStandardHelpOptions = true)
    static final class StatusPageCommand extends Service {
        @Override
        int adminPort() {
            return 9104;
        }

        @Override
        AutoCloseable start(
                ConfigFile file,
                KafkaSettings kafka,
                Health health,
                PrometheusMeterRegistry metrics) {
            var spec = StatusPage.Spec.from(file, Ports.DEFAULT.page());
            System.out.println("status page http://" + spec.host() + ":" + spec.port() + "/");
            return new StatusPage(kafka, spec, health);
        }
    }
}
