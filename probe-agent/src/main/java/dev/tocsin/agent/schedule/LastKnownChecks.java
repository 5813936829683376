package dev.tocsin.agent.schedule;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.PrivateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the `checks` topic said last, in an Avro file, so that an agent that starts without Kafka has work. `${NAME}` stands
/// in it as written: no secret gets to disk. One thread.
public final class LastKnownChecks {
    private static final Logger LOG = LoggerFactory.getLogger(LastKnownChecks.class);

    private final Path file;

    public LastKnownChecks(Path file) {
        this.file = file;
    }

    /// Empty where there is no file, or none that can be read: Kafka will tell.
    List<CheckDefinition> load() {
        TrustedRecords.trust();
        var checks = new ArrayList<CheckDefinition>();
        if (!Files.exists(file)) {
            return checks;
        }
        var datum =
                new SpecificDatumReader<CheckDefinition>(
                        CheckDefinition.getClassSchema(),
                        CheckDefinition.getClassSchema(),
                        SpecificData.getForClass(CheckDefinition.class));
        try (var reader = new DataFileReader<>(file.toFile(), datum)) {
            reader.forEach(checks::add);
        } catch (IOException | RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("why", e.toString())
                    .log("the last known checks cannot be read; waiting for Kafka");
            checks.clear();
        }
        return checks;
    }

    /// Replaces the file in one step; a failure costs only the next start without Kafka.
    void save(Collection<CheckDefinition> checks) {
        try {
            var folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                PrivateFiles.directory(folder);
            }
            var datum =
                    new SpecificDatumWriter<CheckDefinition>(
                            CheckDefinition.getClassSchema(),
                            SpecificData.getForClass(CheckDefinition.class));
            var bytes = new ByteArrayOutputStream();
            try (var writer = new DataFileWriter<>(datum)) {
                writer.create(CheckDefinition.getClassSchema(), bytes);
                for (var check : checks) {
                    writer.append(check);
                }
            }
            PrivateFiles.replace(file, bytes.toByteArray());
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("why", e.toString())
                    .log("the checks could not be remembered");
        }
    }
}
