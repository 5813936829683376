package dev.tocsin.standalone.command;

import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A configuration that is applied whenever it changes, with nobody looking. What is half written looks like one from which much was taken out: so it is to hold the
/// same at two looks one after the other, and removes little.
final class Followed<C> {
    /// That many checks may always go.
    static final int FEW = 3;

    /// More than this part of them may not.
    static final int PART = 4;

    private static final int NAMED = 10;

    static final class TooManyGoException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManyGoException(String message) {
            super(message);
        }
    }

    private @Nullable C last;
    private @Nullable C applied;

    /// @return whether it is to be applied now
    boolean looks(C now) {
        boolean still = now.equals(last);
        last = now;
        return still && !now.equals(applied);
    }

    /// What was last looked at is in force, or never will be.
    void settled() {
        applied = last;
    }

    /// @param gone ids of the checks that are in force and that it does not hold
    /// @param kept how many it holds
    /// @throws TooManyGoException saying what would go
    static void requireFew(Collection<String> gone, int kept) {
        int all = gone.size() + kept;
        boolean nothingStays = kept == 0 && !gone.isEmpty();
        if (nothingStays || (gone.size() > FEW && gone.size() * PART > all)) {
            throw new TooManyGoException(
                    "would remove %d of %d checks (%s%s), too many with nobody looking: apply --prune without --watch does it"
                            .formatted(
                                    gone.size(),
                                    all,
                                    gone.stream().limit(NAMED).collect(Collectors.joining(", ")),
                                    gone.size() > NAMED ? ", ..." : ""));
        }
    }
}
