package dev.tocsin.agent.check;

import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.schemas.RecordSize;
import dev.tocsin.schemas.Topics;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.ConfigFile.Element;
import dev.tocsin.service.Mistakes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads `services:` and `groups:`: what things are called in public, and what belongs together.
public final class CatalogFile {
    /// The group of every service that no group names.
    public static final String EVERYTHING = "all";

    private static final String ID = "[a-z0-9][a-z0-9._-]{0,99}";

    private final List<CatalogEntry> entries = new ArrayList<>();
    private final Map<String, String> groupByService = new HashMap<>();

    /// An element of either list as written; a service has no `services`.
    private record Spec(
            @Nullable String id, @Nullable String name, @Nullable List<String> services) {}

    /// Of a configuration that says nothing of either.
    static final CatalogFile NOTHING = new CatalogFile();

    private CatalogFile() {}

    /// @throws dev.tocsin.service.ConfigException naming file, line and key of every mistake
    public CatalogFile(ConfigFile config) {
        var mistakes = new Mistakes();
        for (var kind : List.of(CatalogKind.SERVICE, CatalogKind.GROUP)) {
            var key = kind == CatalogKind.SERVICE ? "services" : "groups";
            mistakes.in(() ->
                    config.list(key)
                            .forEach(element -> mistakes.in(() -> add(config, kind, element))));
        }
        mistakes.orThrow();
    }

    private void add(ConfigFile config, CatalogKind kind, Element element) {
        var spec = config.bind(element.place(), element.node(), Spec.class);
        var id = spec.id();
        if (id == null || !id.matches(ID)) {
            throw config.error(
                    element.place() + "/id", "\"" + id + "\" must be 1 to 100 of a-z 0-9 . _ -");
        }
        if (entries.stream().anyMatch(e -> e.getKind() == kind && e.getId().equals(id))) {
            throw config.error(element.place() + "/id", "\"" + id + "\" is used twice");
        }
        var name = spec.name() == null ? id : spec.name();
        var unreadable = PlainText.wrong(name);
        if (unreadable != null) {
            throw config.error(element.place() + "/name", unreadable);
        }
        var members = Optional.ofNullable(spec.services()).orElse(List.of());
        if (kind == CatalogKind.SERVICE && !members.isEmpty()) {
            throw config.error(element.place() + "/services", "only a group has services");
        }
        for (var service : members) {
            if (groupByService.put(service, id) != null) {
                throw config.error(
                        element.place() + "/services", "\"" + service + "\" is in two groups");
            }
        }
        var entry =
                CatalogEntry.newBuilder()
                        .setKind(kind)
                        .setId(id)
                        .setName(name)
                        .setServices(members)
                        .build();
        var large = RecordSize.tooLarge(Topics.CATALOG, id, RecordSize.of(entry));
        if (large != null) {
            throw config.error(element.place(), large);
        }
        entries.add(entry);
    }

    public List<CatalogEntry> entries() {
        return List.copyOf(entries);
    }

    /// The group that a service belongs to.
    public String groupOf(String service) {
        return groupByService.getOrDefault(service, EVERYTHING);
    }
}
