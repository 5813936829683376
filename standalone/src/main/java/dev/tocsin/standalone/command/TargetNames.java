package dev.tocsin.standalone.command;

import dev.tocsin.notifier.NotifyConfig;
import dev.tocsin.service.ConfigException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Targets as people call them.
final class TargetNames {
    private TargetNames() {}

    /// Each recipient of a target is one; without a file a name stands for itself.
    ///
    /// @throws ConfigException for what is not in the file
    static List<String> of(ConfigOption config, Collection<String> names) {
        if (config.file == null) {
            return List.copyOf(names);
        }
        var all = NotifyConfig.from(config.load()).targets().keySet();
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
