package dev.tocsin.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.standalone.command.ConfigOption;
import dev.tocsin.standalone.topic.Applied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExamplesTest {
    private static final Map<String, String> ENV =
            Map.of(
                    "TOCSIN_KAFKA",
                    "kafka:9092",
                    "TOCSIN_REGISTRY",
                    "http://registry:8080",
                    "SMTP_PASSWORD",
                    "secret",
                    "ONCALL_URL",
                    "https://hooks.example.com/x",
                    "ONCALL_SECRET",
                    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    @Test
    void everyExampleIsValid() throws IOException {
        try (var files = Files.list(Path.of("../examples"))) {
            var examples = files.filter(f -> f.toString().endsWith(".yaml")).toList();
            assertThat(examples).isNotEmpty();
            for (var example : examples) {
                var config = ConfigOption.parse(example, ENV);
                new Applied(config);
                NotifyConfig.from(config);
            }
        }
    }
}
