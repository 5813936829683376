package dev.tocsin.standalone.command;

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
import dev.tocsin.service.HttpServers;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Lifecycle;
import dev.tocsin.standalone.embedded.Ports;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Each service as a process of its own.
public final class ServiceCommands {
    /// The part of [#starting].
    static final String START = "start";

    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(60);

    private ServiceCommands() {}

    /// The `admin:` section: where `/health`, `/ready` and `/metrics` are.
    record AdminSpec(@Nullable String host, @Nullable Integer port) {
        AdminSpec {
            HttpServers.requirePort(port);
        }

        static InetSocketAddress from(ConfigFile config, int fallback) {
            var spec = config.section("admin", AdminSpec.class).orElse(new AdminSpec(null, null));
            return new InetSocketAddress(
                    spec.host() == null ? "127.0.0.1" : spec.host(),
                    spec.port() == null ? fallback : spec.port());
        }
    }

    /// What a service is started with.
    ///
    /// @param lifecycle what is given to it ends after the service
    record Surroundings(
            ConfigFile file,
            KafkaSettings kafka,
            Health health,
            PrometheusMeterRegistry metrics,
            Lifecycle lifecycle) {}

    /// `--instance`, for services that may run more than once.
    static final class InstanceOption {
        @Option(
                names = "--instance",
                converter = OptionTypes.InstanceName.class,
                description =
                        "Name among its like; the same after a restart. If not given, it comes from the host and the data folder.")
        @Nullable String name;

        /// Two processes can only have the same one by being told so, or by sharing a folder, which is locked.
        String name(Path dataDir) {
            if (name != null) {
                return name;
            }
            var folder = dataDir.toAbsolutePath().normalize().toString();
            return host().replaceAll("[^A-Za-z0-9._-]", "-")
                    + "-"
                    + Integer.toHexString(folder.hashCode());
        }

        private static String host() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "localhost"; // the folder tells it from others on this machine
            }
        }
    }

    /// Runs until the process is told to end, or refuses to go on, then ends what was started, last first.
    abstract static class Service implements Callable<Integer> {
        @Mixin ConfigOption config = new ConfigOption();

        @Override
        public Integer call() throws Exception {
            var file = config.load();
            var health = starting();
            var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var lifecycle = new Lifecycle();
            endWith(lifecycle);
            var admin =
                    lifecycle.closing(
                            "admin",
                            new AdminServer(AdminSpec.from(file, adminPort()), health, metrics));
            lifecycle.closing(
                    "service",
                    start(
                            new Surroundings(
                                    file, KafkaSettings.from(file), health, metrics, lifecycle)));
            health.fine(START);
            System.out.println("running; health on port " + admin.port() + "; Ctrl-C ends it");
            return ended(health);
        }

        abstract int adminPort();

        abstract AutoCloseable start(Surroundings around) throws IOException;
    }

    /// Of a process whose parts do not say yet what they wait for: one of which nobody says anything would be ready.
    static Health starting() {
        var health = new Health();
        health.waiting(START, "starting");
        return health;
    }

    /// Returns when a part has decided that the process is to end, and says why.
    ///
    /// @return the exit code
    static int ended(Health health) throws InterruptedException {
        var refusal = health.awaitRefusal();
        System.err.println("ends: " + refusal.why());
        return refusal.startAgain() ? Exit.GAVE_UP : Exit.REFUSED;
    }

    /// Closes at Ctrl-C or SIGTERM, and when the process has decided to end. What is broken may not let itself be closed: the process ends all the same.
    public static void endWith(Lifecycle lifecycle) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> lifecycle.closeWithin(CLOSES_WITHIN), "shutdown"));
    }

    @Command(
            name = "agent",
            description = "Run the checks of one region.",
            mixinStandardHelpOptions = true)
    public static final class AgentCommand extends Service {
        @Mixin DataDirOption data = new DataDirOption();

        @Option(
                names = "--region",
                description = "Where this agent stands, whatever the file says.")
        @Nullable String region;

        @Override
        int adminPort() {
            return 9101;
        }

        @Override
        AutoCloseable start(Surroundings around) throws IOException {
            var agent = AgentConfig.from(around.file(), region);
            return new Agent(
                    agent,
                    around.kafka(),
                    CheckFile.read(around.file()),
                    data.of("agent-" + agent.id(), around.lifecycle()),
                    System.getenv(),
                    around.health(),
                    around.metrics());
        }
    }

    @Command(
            name = "streams",
            description = "Turn results into incidents.",
            mixinStandardHelpOptions = true)
    public static final class StreamsCommand extends Service {
        @Mixin InstanceOption instance = new InstanceOption();

        @Mixin DataDirOption data = new DataDirOption();

        @Override
        int adminPort() {
            return 9102;
        }

        @Override
        AutoCloseable start(Surroundings around) throws IOException {
            return new IncidentStreams(
                    around.kafka(),
                    instance.name(data.dir),
                    data.of("streams-" + instance.name(data.dir), around.lifecycle()),
                    around.health(),
                    around.metrics());
        }
    }

    @Command(
            name = "notifier",
            description = "Route incidents and deliver alerts.",
            mixinStandardHelpOptions = true)
    public static final class NotifierCommand extends Service {
        @Mixin InstanceOption instance = new InstanceOption();

        @Mixin DataDirOption data = new DataDirOption();

        @Override
        int adminPort() {
            return 9103;
        }

        @Override
        AutoCloseable start(Surroundings around) throws IOException {
            return new Notifier(
                    around.kafka(),
                    instance.name(data.dir),
                    data.of("notifier-" + instance.name(data.dir), around.lifecycle()),
                    NotifyConfig.from(around.file()),
                    around.health(),
                    around.metrics());
        }
    }

    @Command(
            name = "status-page",
            description = "Show the public what was measured.",
            mixinStandardHelpOptions = true)
    public static final class StatusPageCommand extends Service {
        @Override
        int adminPort() {
            return 9104;
        }

        @Override
        AutoCloseable start(Surroundings around) {
            var spec = StatusPage.Spec.from(around.file(), Ports.DEFAULT.page());
            System.out.println("status page http://" + spec.host() + ":" + spec.port() + "/");
            return new StatusPage(around.kafka(), spec, around.health(), around.metrics());
        }
    }
}
