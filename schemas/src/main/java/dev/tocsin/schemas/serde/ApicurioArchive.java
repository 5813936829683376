package dev.tocsin.schemas.serde;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.schemas.serde.RegistryBackup.Backup;
import dev.tocsin.schemas.serde.RegistryBackup.Subject;
import dev.tocsin.schemas.serde.RegistryBackup.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.common.errors.SerializationException;

/// A backup as Apicurio Registry 3 imports it. By Confluent's API it takes `IMPORT` for a mode, ids for given, and gives others.
final class ApicurioArchive {
    /// Its own API, from the folder of the compatible one. The ids that Confluent's API shows are its content ids.
    private static final String IMPORT =
            "/../../registry/v3/admin/import?requireEmptyRegistry=false";

    private static final String SYSTEM = "/../../registry/v3/system/info";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ApicurioArchive() {}

    static boolean understoodBy(SchemaRegistry registry) {
        if (!registry.where().contains("/apis/ccompat/")) {
            return false;
        }
        try {
            return registry.beside("GET", SYSTEM, new byte[0], "Accept", "application/json")
                    .contains("Apicurio");
        } catch (SerializationException e) {
            return false;
        }
    }

    /// What two subjects have in common is one content, so that only content ids can be kept: its global ids, one for each version, are the server's.
    static void send(SchemaRegistry registry, Backup backup) throws IOException {
        registry.beside(
                "POST",
                IMPORT,
                of(backup),
                "Content-Type",
                "application/zip",
                "X-Registry-Preserve-ContentId",
                "true",
                "X-Registry-Preserve-GlobalId",
                "false");
    }

    private static byte[] of(Backup backup) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            var manifest = JSON.createObjectNode();
            manifest.put("systemVersion", "3.3.3"); // or it throws
            manifest.put("systemName", "tocsin").put("exportVersion", "3.0").put("exportedOn", 0);
            write(zip, "manifest-0.Manifest.json", manifest);
            var contents = new HashSet<Integer>();
            for (var subject : backup.subjects()) {
                for (var version : subject.versions()) {
                    if (contents.add(version.id())) {
                        content(zip, version);
                    }
                }
                subject(zip, subject);
            }
        }
        return bytes.toByteArray();
    }

    private static void content(ZipOutputStream zip, Version version) throws IOException {
        var hash = hash(version.schema());
        var content = JSON.createObjectNode();
        content.put("contentId", version.id());
        content.put("canonicalHash", hash).put("contentHash", hash);
        content.put("artifactType", "AVRO").put("contentType", "application/json");
        content.putNull("serializedReferences");
        write(zip, "content/" + version.id() + ".Content.json", content);
        zip.putNextEntry(new ZipEntry("content/" + version.id() + ".Content.data"));
        zip.write(version.schema().getBytes(StandardCharsets.UTF_8));
    }

    private static void subject(ZipOutputStream zip, Subject subject) throws IOException {
        var folder = "groups/default/artifacts/" + subject.name() + "/";
        var artifact = artifact(subject).put("artifactType", "AVRO");
        write(zip, folder + "MetaData.Artifact.json", artifact);
        var branch = artifact(subject).put("branchId", "latest").put("systemDefined", true);
        var all = branch.putArray("versions");
        for (var version : subject.versions()) {
            var number = Integer.toString(version.version());
            all.add(number);
            var one = artifact(subject).put("globalId", version.id());
            one.put("version", number).put("versionOrder", version.version());
            one.put("state", "ENABLED").put("contentId", version.id());
            write(zip, folder + "versions/" + number + ".ArtifactVersion.json", one);
        }
        write(zip, folder + "branches/latest.Branch.json", branch);
        if (subject.compatibility() != null) {
            var rule = JSON.createObjectNode().putNull("groupId");
            rule.put("artifactId", subject.name()).put("type", "COMPATIBILITY");
            rule.put("configuration", subject.compatibility());
            write(zip, folder + "rules/COMPATIBILITY.ArtifactRule.json", rule);
        }
    }

    private static ObjectNode artifact(Subject subject) {
        var artifact = JSON.createObjectNode().putNull("groupId");
        artifact.put("artifactId", subject.name()).put("owner", "").put("modifiedBy", "");
        return artifact.put("createdOn", 0).put("modifiedOn", 0);
    }

    private static void write(ZipOutputStream zip, String name, ObjectNode json)
            throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
