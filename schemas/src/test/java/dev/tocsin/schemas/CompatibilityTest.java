package dev.tocsin.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// FULL_TRANSITIVE: what is written now reads everything that was ever released, and the other way round. A released file
/// under `schemas/released` is never edited; a release adds a folder.
class CompatibilityTest {
    private static final Path RELEASED = Path.of("released");

    /// Of topics that are no more. What the notifier of 0.1.0 remembered is not read: that was a snapshot.
    private static final Set<String> RETIRED = Set.of("Notified.avsc");

    static Stream<Path> released() throws IOException {
        try (var files = Files.walk(RELEASED)) {
            return files
                    .filter(f -> f.toString().endsWith(".avsc"))
                    .filter(f -> !RETIRED.contains(f.getFileName().toString()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Schema current(String name) {
        return Topics.ALL.stream()
                .map(topic -> SpecificData.get().getSchema(topic.type()))
                .filter(schema -> schema.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " was released and is gone"));
    }

    @ParameterizedTest
    @MethodSource("released")
    void readsAndIsReadByEveryRelease(Path file) throws IOException {
        var old = new Schema.Parser().parse(Files.readString(file));
        var now = current(old.getName());
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(now, old).getType())
                .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(old, now).getType())
                .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    @Test
    void everyTopicsSchemaIsReleased() throws IOException {
        var names = released().map(f -> f.getFileName().toString().replace(".avsc", "")).toList();
        assertThat(Topics.ALL.stream().map(t -> t.type().getSimpleName()).distinct())
                .allMatch(names::contains);
    }

    @Test
    void everyEnumHasADefault() {
        for (var topic : Topics.ALL) {
            assertEnums(SpecificData.get().getSchema(topic.type()));
        }
    }

    private static void assertEnums(Schema schema) {
        switch (schema.getType()) {
            case ENUM -> assertThat(schema.getEnumDefault()).as(schema.getFullName()).isNotNull();
            case RECORD -> schema.getFields().forEach(field -> assertEnums(field.schema()));
            case UNION -> schema.getTypes().forEach(CompatibilityTest::assertEnums);
            case ARRAY -> assertEnums(schema.getElementType());
            case MAP -> assertEnums(schema.getValueType());
            case FIXED, STRING, BYTES, INT, LONG, FLOAT, DOUBLE, BOOLEAN, NULL -> {
                // nothing below
            }
        }
    }
}
