package dev.tocsin.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.TrustedRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastKnownChecksTest {
    static {
        TrustedRecords.trust();
    }

    @TempDir Path dir = Path.of(".");

    private static CheckDefinition check(String id) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("1")
                .setName(id)
                .setService(id)
                .setUrl("http://x/?key=${TOCSIN_SECRET_K}")
                .setProbe("http")
                .setIntervalMs(1000)
                .setTimeoutMs(1000)
                .setRegions(List.of("us"))
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    @Test
    void whatWasSavedLastIsLoadedAndNoSecretIsOnDisk() throws Exception {
        var file = dir.resolve("agent").resolve("checks.avro");
        var remembered = new LastKnownChecks(file);
        assertThat(remembered.load()).isEmpty();
        remembered.save(List.of(check("a"), check("b")));
        remembered.save(List.of(check("b")));
        assertThat(new LastKnownChecks(file).load()).containsExactly(check("b"));
        assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("${TOCSIN_SECRET_K}");
    }

    @Test
    void aTornFileIsNoReasonNotToStart() throws Exception {
        var file = dir.resolve("checks.avro");
        new LastKnownChecks(file).save(List.of(check("a")));
        var bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 20));
        assertThat(new LastKnownChecks(file).load()).isEmpty();
    }

    @Test
    void ofAFileThatIsTornInItsMiddleNothingIsTaken() throws Exception {
        var file = dir.resolve("checks.avro");
        var checks = IntStream.range(0, 1000).mapToObj(i -> check("check-" + i)).toList();
        new LastKnownChecks(file).save(checks);
        assertThat(new LastKnownChecks(file).load()).isEqualTo(checks);
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThat(new LastKnownChecks(file).load()).isEmpty();
    }
}
