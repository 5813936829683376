package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.service.Mistakes;
import dev.tocsin.standalone.embedded.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "validate",
        description = {
            "Check configurations without running them: every mistake with its file, line and key.",
            "A variable that is not set here is a warning, since it may be where the file is used; what it is filled into is not looked at further. With --strict it is a mistake."
        },
        mixinStandardHelpOptions = true)
public final class ValidateCommand implements Callable<Integer> {
    private static final JsonNode NONE = MissingNode.getInstance();

    @Mixin ConfigOption config = new ConfigOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "FILE",
            description = "Files or folders, each a configuration of its own; -f if none is given.")
    List<Path> files = List.of();

    @Option(names = "--strict", description = "A variable that is not set is a mistake.")
    boolean strict;

    @Override
    public Integer call() {
        boolean fine = true;
        for (var path : files.isEmpty() ? List.of(config.path()) : files) {
            fine &= isFine(path, files.size() > 1 ? path + " " : "");
        }
        return fine ? 0 : Exit.BAD;
    }

    private boolean isFine(Path path, String name) {
        var mistakes = new Mistakes();
        var warnings = new ArrayList<String>();
        var counts =
                mistakes.of(() -> ConfigOption.draft(path, System.getenv()))
                        .map(file -> looked(file, mistakes, warnings))
                        .orElse("");
        mistakes.all().forEach(System.err::println);
        warnings.forEach(line -> System.err.println(strict ? line : "warning: " + line));
        if (!mistakes.all().isEmpty() || (strict && !warnings.isEmpty())) {
            return false;
        }
        System.out.println(name + "fine: " + counts);
        return true;
    }

    /// Each section for itself.
    ///
    /// @return what there is of each kind
    private static String looked(ConfigFile file, Mistakes mistakes, List<String> warnings) {
        mistakes.in(() -> ConfigOption.requireKnownSections(file));
        int checks = mistakes.of(() -> CheckFile.read(file)).map(List::size).orElse(0);
        mistakes.in(() -> NotifyConfig.from(file));
        mistakes.in(() -> KafkaSettings.from(file));
        mistakes.in(() -> StatusPage.Spec.from(file, Ports.DEFAULT.page()));
        mistakes.in(() -> ServiceCommands.AdminSpec.from(file, Ports.DEFAULT.admin()));
        mistakes.in(() -> agent(file, warnings));
        mistakes.in(() -> warnings.addAll(Slips.of(file)));
        warnings.addAll(file.unset());
        var notify = mistakes.of(() -> file.section("notify", JsonNode.class).orElse(NONE));
        return checks
                + " checks, "
                + notify.orElse(NONE).path("targets").size()
                + " targets, "
                + notify.orElse(NONE).path("routes").size()
                + " routes";
    }

    private static void agent(ConfigFile file, List<String> warnings) {
        var given = file.section("agent", Map.class);
        if (given.isEmpty()) {
            return;
        }
        if (given.get().containsKey("region")) {
            AgentConfig.from(file);
        } else {
            AgentConfig.from(file, "given-with-region");
            warnings.add("agent.region: not in the file, so agent needs --region");
        }
    }
}
