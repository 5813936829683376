package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.service.ConfigException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Targets as people call them.
final class TargetNames {
    private TargetNames() {}

    /// Ids of the targets in the file; empty where it has none, there is no file, or its secrets are the notifier's alone.
    static Set<String> known(ConfigOption config) {
        if (!config.present()) {
            return Set.of();
        }
        var draft = ConfigOption.draft(config.path(), System.getenv());
        var _ = draft.section("notify", JsonNode.class);
        return draft.unset().isEmpty() ? NotifyConfig.from(draft).targets().keySet() : Set.of();
    }

    /// Each recipient of a target is one; where no targets are known a name stands for itself.
    ///
    /// @throws ConfigException for what is not in the file
    static List<String> of(ConfigOption config, Collection<String> names) {
        var all = known(config);
        if (all.isEmpty()) {
            return List.copyOf(names);
        }
        var found = new ArrayList<String>();
        for (var name : names) {
            var of =
                    all.stream()
                            .filter(one -> one.equals(name) || one.startsWith(name + "/"))
                            .sorted()
                            .toList();
            if (of.isEmpty()) {
                throw new ConfigException(
                        "no target \"" + name + "\"; there are " + all.stream().sorted().toList());
            }
            found.addAll(of);
        }
        return found;
    }
}
