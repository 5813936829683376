package dev.tocsin.standalone.command;

import dev.tocsin.agent.AgentConfig;
import dev.tocsin.agent.check.CheckFile;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.page.StatusPage;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.embedded.Ports;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "validate",
        description = "Check the configuration without running it.",
        mixinStandardHelpOptions = true)
public final class ValidateCommand implements Callable<Integer> {
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
