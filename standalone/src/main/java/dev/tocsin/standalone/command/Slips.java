package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.agent.check.CatalogFile;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.service.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What in a configuration is allowed, and hardly meant. Where services are named, a name that is none of them is a slip: in a check a service of its own, on the
/// page and in every message; in a group a service that is not in it.
final class Slips {
    private final ConfigFile file;
    private final Set<String> named = new TreeSet<>();
    private final Set<String> inGroups = new TreeSet<>();
    private final List<String> found = new ArrayList<>();

    private Slips(ConfigFile file) {
        this.file = file;
        for (var entry : new CatalogFile(file).entries()) {
            if (entry.getKind() == CatalogKind.SERVICE) {
                named.add(entry.getId());
            }
            inGroups.addAll(entry.getServices());
        }
    }

    /// @return a line for each, with its place
    /// @throws dev.tocsin.service.ConfigException when the sections cannot be read
    static List<String> of(ConfigFile file) {
        var slips = new Slips(file);
        if (!slips.named.isEmpty()) {
            slips.look();
        }
        return List.copyOf(slips.found);
    }

    /// For who goes on all the same.
    static void warn(ConfigFile file) {
        of(file).forEach(line -> System.err.println("warning: " + line));
    }

    private void look() {
        var ofChecks = new TreeSet<String>();
        for (var check : file.list("checks")) {
            var service = check.node().path("service").asText();
            if (!service.isEmpty()
                    && ofChecks.add(service)
                    && !named.contains(service)
                    && !inGroups.contains(service)) {
                add(check.place() + "/service", service, "in no group", inGroups);
            }
        }
        for (var group : file.list("groups")) {
            int at = 0;
            for (JsonNode service : group.node().path("services")) {
                var id = service.asText();
                if (!named.contains(id) && !ofChecks.contains(id)) {
                    add(group.place() + "/services/" + at, id, "of no check", ofChecks);
                }
                at++;
            }
        }
    }

    private void add(String place, String service, String nor, Set<String> others) {
        var known = new TreeSet<>(named);
        known.addAll(others);
        found.add(
                file.error(
                                place,
                                "\"%s\" is none of services: and %s%s"
                                        .formatted(service, nor, Near.to(service, known)))
                        .getMessage());
    }
}
