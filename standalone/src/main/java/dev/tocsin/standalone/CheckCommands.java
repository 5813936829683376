package dev.tocsin.standalone;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.service.Durations;
import dev.tocsin.service.KafkaSettings;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What concerns checks.
final class CheckCommands {
    private CheckCommands() {}

    @Command(
            name = "validate",
            description = "Check the configuration without running it.",
            mixinStandardHelpOptions = true)
    static final class Validate implements Callable<Integer> {
        @Mixin ConfigOption config = new ConfigOption();

        @Override
        public Integer call() {
            var file = config.load();
            var checks = CheckFile.read(file);
            var notify = NotifyConfig.from(file);
            KafkaSettings.from(file);
            StatusPage.Spec.from(file, Ports.DEFAULT.page());
            if (file.section("agent", Map.class).isPresent()) {
                AgentConfig.from(file);
            }
            System.out.println(
                    "fine: "
                            + checks.size()
                            + " checks, "
                            + notify.targets().size()
                            + " targets, "
                            + notify.routes().size()
                            + " routes");
            return 0;
        }
    }

    @Command(
            name = "probe",
            description = "Run one check now and show what happened.",
            mixinStandardHelpOptions = true)
    static final class ProbeOnce implements Callable<Integer> {
        @Mixin ConfigOption config = new ConfigOption();

        @Parameters(paramLabel = "URL|CHECK", description = "A URL, or with -f the id of a check.")
        String target = "";

        @Option(
                names = "--timeout",
                defaultValue = "10s",
                description = "For the whole run; ${DEFAULT-VALUE} if not given.")
        String timeout = "10s";

        @Override
        public Integer call() {
            var env = System.getenv();
            var definition = config.file == null ? adHoc() : fromFile();
            if (definition == null) {
                System.err.println("no check \"" + target + "\" in " + config.file);
                return Tocsin.USAGE;
            }
            Check check;
            try {
                check = Check.of(definition, name -> secret(name, env));
            } catch (IllegalArgumentException e) {
                System.err.println(e.getMessage());
                return Tocsin.USAGE;
            }
            var finding = check.run(new Resolver(Map.of()));
            finding.trace().lines().forEach(System.out::println);
            finding.trace()
                    .timings()
                    .forEach((phase, us) ->
                            System.out.printf("%-9s %8.1f ms%n", phase, us / 1000.0));
            System.out.printf("%-9s %8.1f ms%n", "total", finding.took().toNanos() / 1e6);
            finding.failedConditions()
                    .forEach(condition -> System.out.println("condition failed: " + condition));
            var failure = finding.failure();
            System.out.println(
                    finding.outcome()
                            + (failure == null
                                    ? ""
                                    : " in phase "
                                            + failure.getPhase()
                                            + ": "
                                            + failure.getCode()
                                            + " "
                                            + failure.getDetail()));
            return finding.outcome() == Outcome.PASS || finding.outcome() == Outcome.DEGRADED
                    ? 0
                    : Tocsin.BAD;
        }

        /// The caller's own environment: all of it may be used, unlike an agent's.
        private static String secret(String name, Map<String, String> env) {
            var value = env.get(name);
            if (value == null) {
                throw new IllegalArgumentException("${" + name + "} is not set in the environment");
            }
            return value;
        }

        private @Nullable CheckDefinition fromFile() {
            return CheckFile.read(config.load()).stream()
                    .filter(check -> check.getCheckId().equals(target))
                    .findFirst()
                    .orElse(null);
        }

        private CheckDefinition adHoc() {
            var type =
                    ProbeTypes.forUrl(target)
                            .orElseThrow(() ->
                                    new dev.tocsin.service.ConfigException(
                                            "\""
                                                    + target
                                                    + "\" is no URL that a probe serves; write e.g. https://example.com/"));
            return Check.bare("ad-hoc", target, type, Durations.parse(timeout));
        }
    }
}
