package dev.tocsin.service;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The mistakes of a configuration, so that one run tells them all: each part is read for itself, and a wrong one keeps no other from being looked at.
public final class Mistakes {
    private final Set<String> all = new LinkedHashSet<>();
    private boolean wrong;

    /// What the part gives, or empty where it is wrong.
    public <T> Optional<T> of(Supplier<T> part) {
        try {
            return Optional.of(part.get());
        } catch (ConfigException e) {
            wrong = true;
            all.addAll(e.mistakes());
            return Optional.empty();
        }
    }

    /// As [#of], of a part that gives nothing.
    public void in(Runnable part) {
        var _ =
                of(() -> {
                    part.run();
                    return true;
                });
    }

    /// A line each, none twice, in the order in which they were found.
    public List<String> all() {
        return new ArrayList<>(all);
    }

    /// @throws ConfigException with all of them, when a part was wrong
    public void orThrow() {
        if (wrong) {
            throw new ConfigException(all());
        }
    }
}
