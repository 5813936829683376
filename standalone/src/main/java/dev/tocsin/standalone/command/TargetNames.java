package dev.tocsin.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.service.ConfigException;
import dev.tocsin.service.ConfigFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Targets as people call them.
final class TargetNames {
    private TargetNames() {}

    /// Whether the file has them without secrets that are the notifier's alone.
    static boolean readable(ConfigOption config) {
        return config.present() && draft(config).unset().isEmpty();
    }

    /// Ids of the targets in the file; empty where it has none, or there is no file, or it is only found here and its secrets are not.
    static Set<String> known(ConfigOption config) {
        if (!config.present()) {
            return Set.of();
        }
        return config.file == null && !readable(config)
                ? Set.of()
                : NotifyConfig.from(config.load()).targets().keySet();
    }

    private static ConfigFile draft(ConfigOption config) {
        var draft = ConfigOption.draft(config.path(), System.getenv());
        var _ = draft.section("notify", JsonNode.class);
        return draft;
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
