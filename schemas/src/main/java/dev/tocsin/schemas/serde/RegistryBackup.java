package dev.tocsin.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// All subjects of a prefix with their versions, ids, schemas and compatibility, as a file: what is in the topics can be read only by a registry that
/// gives these ids.
public final class RegistryBackup {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param schema its text
    record Version(int version, int id, String schema) {}

    /// @param compatibility null where the registry's own holds
    record Subject(String name, @Nullable String compatibility, List<Version> versions) {}

    /// The file.
    record Backup(List<Subject> subjects) {}

    private RegistryBackup() {}

    /// @return how many versions of how many subjects were saved, in words
    public static String save(SchemaRegistry registry, String prefix, Path file)
            throws IOException {
        var subjects = new ArrayList<Subject>();
        for (var name : registry.ask("GET", "/subjects", null)) {
            if (name.asText().startsWith(prefix)) {
                subjects.add(subject(registry, name.asText()));
            }
        }
        var backup = new Backup(subjects);
        Files.writeString(
                file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(backup) + "\n");
        return words(backup);
    }

    private static Subject subject(SchemaRegistry registry, String name) {
        var path = "/subjects/" + SchemaRegistry.path(name) + "/versions";
        var versions = new ArrayList<Version>();
        for (var number : registry.ask("GET", path, null)) {
            var it = registry.ask("GET", path + "/" + number.asInt(), null);
            versions.add(
                    new Version(number.asInt(), it.get("id").asInt(), it.get("schema").asText()));
        }
        return new Subject(name, compatibility(registry, name), versions);
    }

    private static @Nullable String compatibility(SchemaRegistry registry, String subject) {
        try {
            return registry.ask("GET", "/config/" + SchemaRegistry.path(subject), null)
                    .path("compatibilityLevel")
                    .asText(null);
        } catch (SerializationException e) {
            return null; // none of its own
        }
    }

    /// Restores what is missing. Nothing is written when an id means something else there already.
    ///
    /// @return how many versions of how many subjects there are now, in words
    /// @throws SerializationException when the registry has another schema under one of the ids, or does not keep them
    public static String restore(SchemaRegistry registry, Path file) throws IOException {
        var backup = read(file);
        for (var subject : backup.subjects()) {
            for (var version : subject.versions()) {
                var there = there(registry, version.id());
                if (there != null && !same(there, version.schema())) {
                    throw new SerializationException(
                            "nothing was restored: registry %s has another schema under id %d than %s; restore into an empty one"
                                    .formatted(registry.where(), version.id(), subject.name()));
                }
            }
        }
        if (ApicurioArchive.understoodBy(registry)) {
            ApicurioArchive.send(registry, backup);
        } else {
            backup.subjects().forEach(subject -> importing(registry, subject));
        }
        verify(registry, backup);
        return words(backup);
    }

    private static void importing(SchemaRegistry registry, Subject subject) {
        var path = SchemaRegistry.path(subject.name());
        mode(registry, path, "IMPORT");
        try {
            for (var version : subject.versions()) {
                if (there(registry, version.id(), subject.name())) {
                    continue;
                }
                registry.ask(
                        "POST",
                        "/subjects/" + path + "/versions",
                        JSON.createObjectNode()
                                .put("schema", version.schema())
                                .put("schemaType", "AVRO")
                                .put("id", version.id())
                                .put("version", version.version())
                                .toString());
            }
        } finally {
            mode(registry, path, "READWRITE");
        }
        if (subject.compatibility() != null) {
            registry.compatibility(subject.name(), subject.compatibility());
        }
    }

    private static void mode(SchemaRegistry registry, String path, String mode) {
        registry.ask("PUT", "/mode/" + path, JSON.createObjectNode().put("mode", mode).toString());
    }

    private static void verify(SchemaRegistry registry, Backup backup) {
        for (var subject : backup.subjects()) {
            for (var version : subject.versions()) {
                if (!there(registry, version.id(), subject.name())) {
                    throw new SerializationException(
                            "registry %s did not take id %d of %s"
                                    .formatted(registry.where(), version.id(), subject.name()));
                }
            }
        }
    }

    /// Whether a subject has a version with this id.
    private static boolean there(SchemaRegistry registry, int id, String subject) {
        try {
            return subject(registry, subject).versions().stream()
                    .anyMatch(version -> version.id() == id);
        } catch (SerializationException e) {
            return false; // no such subject
        }
    }

    private static @Nullable String there(SchemaRegistry registry, int id) {
        try {
            return registry.ask("GET", "/schemas/ids/" + id, null).path("schema").asText();
        } catch (SerializationException e) {
            return null;
        }
    }

    private static boolean same(String one, String other) {
        try {
            return JSON.readTree(one).equals(JSON.readTree(other));
        } catch (JsonProcessingException e) {
            return one.equals(other);
        }
    }

    private static Backup read(Path file) throws IOException {
        var subjects = new ArrayList<Subject>();
        for (JsonNode subject : JSON.readTree(Files.readString(file)).path("subjects")) {
            var versions = new TreeMap<Integer, Version>();
            for (var it : subject.path("versions")) {
                int number = it.path("version").asInt();
                versions.put(
                        number,
                        new Version(number, it.path("id").asInt(), it.path("schema").asText()));
            }
            subjects.add(
                    new Subject(
                            subject.path("name").asText(),
                            subject.path("compatibility").asText(null),
                            List.copyOf(versions.values())));
        }
        if (subjects.isEmpty()) {
            throw new IOException(file + " holds no subjects");
        }
        return new Backup(subjects);
    }

    private static String words(Backup backup) {
        return "%d subjects, %d schemas"
                .formatted(
                        backup.subjects().size(),
                        backup.subjects().stream().mapToInt(s -> s.versions().size()).sum());
    }
}
