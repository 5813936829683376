package dev.tocsin.standalone.command;

import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.KafkaSettings;
import dev.tocsin.standalone.topic.Compacted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Ids of all that a window of maintenance can name.
record InForce(Set<String> checks, Set<String> services, Set<String> regions) {
    static InForce read(KafkaSettings kafka) {
        return of(
                Compacted.read(kafka, Topics.CHECKS).values(),
                Compacted.read(kafka, Topics.CATALOG).values());
    }

    static InForce of(Collection<CheckDefinition> definitions, Collection<CatalogEntry> catalog) {
        var checks = new TreeSet<String>();
        var services = new TreeSet<String>();
        var regions = new TreeSet<String>();
        for (var check : definitions) {
            checks.add(check.getCheckId());
            regions.addAll(check.getRegions());
            if (check.getService() != null && !check.getService().isEmpty()) {
                services.add(check.getService());
            }
        }
        catalog.stream()
                .filter(entry -> entry.getKind() == CatalogKind.SERVICE)
                .forEach(entry -> services.add(entry.getId()));
        return new InForce(checks, services, regions);
    }

    /// What a window names and there is not, a line each: it would explain nothing, and nobody would know.
    List<String> missing(MaintenanceWindow window) {
        var lines = new ArrayList<String>();
        missing("check", window.getChecks(), checks, lines);
        missing("service", window.getServices(), services, lines);
        missing("region", window.getRegions(), regions, lines);
        return lines;
    }

    private static void missing(
            String what, List<String> named, Set<String> known, List<String> lines) {
        for (var name : named) {
            if (!known.contains(name)) {
                lines.add(
                        "--%s: no %s \"%s\" is in force%s"
                                .formatted(what, what, name, Near.to(name, known)));
            }
        }
    }
}
