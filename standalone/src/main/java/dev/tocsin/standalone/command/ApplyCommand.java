package dev.tocsin.standalone.command;

import dev.tocsin.service.ConfigException;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Health;
import dev.tocsin.service.Loop;
import dev.tocsin.standalone.topic.Applied;
import dev.tocsin.standalone.topic.Bootstrap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "apply",
        description = "Publish the checks to Kafka; agents and streams follow at once.",
        mixinStandardHelpOptions = true)
public final class ApplyCommand implements Callable<Integer> {
    @Mixin ClientOption config = new ClientOption();

    @Option(
            names = "--prune",
            description = "Also remove the checks that the file does not hold any more.")
    boolean prune;

    @Option(
            names = "--bootstrap",
            description =
                    "First create the topics and register the schemas, as admin bootstrap --repair does.")
    boolean bootstrap;

    @Option(
            names = "--watch",
            description =
                    "Stay, and publish again whenever the file changes; a bad one changes nothing, nor does one that with --prune would remove more than a quarter of the checks. /health and /ready are on port 9105.")
    boolean watch;

    @Override
    public Integer call() throws Exception {
        if (watch) {
            var service = new Watch();
            service.config = config;
            return service.call();
        }
        once();
        return 0;
    }

    private void once() throws InterruptedException, ExecutionException {
        var file = config.load();
        var applied = new Applied(file);
        Slips.warn(file);
        var _ = config.kafka(file).requireAnswer();
        publish(file, applied, false);
    }

    /// @param unattended whether nobody looks
    private void publish(ConfigFile file, Applied applied, boolean unattended)
            throws InterruptedException, ExecutionException {
        var kafka = config.kafka(file);
        if (bootstrap) {
            Bootstrap.run(kafka, Bootstrap.LANES)
                    .forEach(difference -> System.out.println(difference.line()));
            bootstrap = false; // once is enough for as long as this stays
        }
        var others = applied.others(kafka);
        if (prune && unattended) {
            Followed.requireFew(others, applied.checks().size());
        }
        if (!others.isEmpty()) {
            System.out.println(
                    (prune
                                    ? "removing what the file does not hold: "
                                    : "not in the file and left as they are (--prune removes them): ")
                            + String.join(", ", others));
        }
        applied.publish(kafka, prune);
        System.out.println("applied " + applied.checks().size() + " checks");
    }

    /// Looks once a second: change notices do not cross every bind mount, nor the swapped links of a Kubernetes config map.
    private final class Watch extends ServiceCommands.Service {
        private static final long PAUSE_MS = 1000;
        private static final long TRY_AGAIN_MS = 10_000;

        private static final String FILE = "apply.file";

        private String said = "";

        @Override
        int adminPort() {
            return 9105;
        }

        @Override
        AutoCloseable start(ServiceCommands.Surroundings around) {
            around.health().waiting("apply", "not applied yet");
            var followed = new Followed<List<ByteBuffer>>();
            var thread =
                    Loop.start("watch", around.health(), () -> look(followed, around.health()));
            return () -> {
                thread.interrupt();
                thread.join();
            };
        }

        private boolean look(Followed<List<ByteBuffer>> followed, Health health)
                throws InterruptedException {
            var now = contents(health);
            if (!now.isEmpty() && followed.looks(now)) {
                if (settled(now, health)) {
                    followed.settled();
                } else {
                    Thread.sleep(TRY_AGAIN_MS);
                }
            }
            Thread.sleep(PAUSE_MS);
            return true;
        }

        /// What the files hold now, or empty while they cannot be read.
        private List<ByteBuffer> contents(Health health) {
            try {
                var contents = new ArrayList<ByteBuffer>();
                for (Path path : ConfigFile.files(config.path())) {
                    contents.add(ByteBuffer.wrap(Files.readAllBytes(path)));
                }
                health.fine(FILE);
                return contents;
            } catch (IOException | ConfigException e) {
                health.waiting(FILE, String.valueOf(e.getMessage()));
                return List.of();
            }
        }

        /// @param looked what the files held at two looks
        /// @return false to try again with the same contents
        private boolean settled(List<ByteBuffer> looked, Health health)
                throws InterruptedException {
            ConfigFile file;
            Applied applied;
            try {
                file = config.load();
                applied = new Applied(file);
            } catch (ConfigException e) {
                waits(health, String.valueOf(e.getMessage()));
                return true;
            }
            if (!contents(health).equals(looked)) {
                return false; // it was written again while it was read
            }
            try {
                publish(file, applied, true);
                health.fine("apply");
                said = "";
                return true;
            } catch (Followed.TooManyGoException e) {
                waits(health, String.valueOf(e.getMessage())); // until somebody has done it
            } catch (ConfigException | KafkaException | ExecutionException e) {
                // The cluster's or the registry's, not the file's.
                waits(health, "cannot apply now, trying on: " + Exit.cause(e).getMessage());
            }
            return false;
        }

        /// Says it once.
        private void waits(Health health, String why) {
            if (!why.equals(said)) {
                System.err.println(why);
                said = why;
            }
            health.waiting("apply", why);
        }
    }
}
