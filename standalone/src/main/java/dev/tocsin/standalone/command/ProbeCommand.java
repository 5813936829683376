package dev.tocsin.standalone.command;

import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.Secrets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "probe",
        description = "Run one check now and show what happened.",
        mixinStandardHelpOptions = true)
public final class ProbeCommand implements Callable<Integer> {
    @Mixin ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "URL|CHECK", description = "A URL, or the id of a check in the file.")
    String target = "";

    @Option(
            names = "--timeout",
            defaultValue = "10s",
            description = "For the whole run; ${DEFAULT-VALUE} if not given.")
    Duration timeout = Duration.ofSeconds(10);

    @Override
    public Integer call() {
        var env = System.getenv();
        boolean url = target.contains("://") || !config.present();
        var definition = url ? adHoc() : fromFile();
        if (definition == null) {
            System.err.println("no check \"" + target + "\" in " + config.path());
            return Exit.USAGE;
        }
        Check check;
        try {
            check = Check.of(definition, name -> secret(name, env));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return Exit.USAGE;
        }
        var finding = check.run(new Resolver(Map.of()));
        finding.trace().lines().forEach(System.out::println);
        finding.trace()
                .timings()
                .forEach((phase, us) -> System.out.printf("%-9s %8.1f ms%n", phase, us / 1000.0));
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
                : Exit.BAD;
    }

    /// The caller's own environment: all of it may be used, unlike an agent's.
    private static String secret(String name, Map<String, String> env) {
        var value = Secrets.named(name, env);
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
                                new ConfigException(
                                        "\""
                                                + target
                                                + "\" is no URL that a probe serves; write e.g. https://example.com/"));
        return Check.bare("ad-hoc", target, type, timeout);
    }
}
