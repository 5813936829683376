package dev.tocsin.service.progress;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A trouble is said when it begins, at most once a minute while it lasts, and when it ends.
public final class Spell {
    private static final Duration EACH = Duration.ofMinutes(1);

    public enum Word {
        BEGINS,
        LASTS,
        ENDS
    }

    private @Nullable Duration begun;
    private Duration saidAt = Duration.ZERO;

    /// @param troubled whether there is any
    /// @return what there is to say; null for nothing
    public @Nullable Word next(boolean troubled, Duration now) {
        if (!troubled) {
            return begun == null ? null : Word.ENDS;
        }
        if (begun == null) {
            begun = now;
            saidAt = now;
            return Word.BEGINS;
        }
        if (now.minus(saidAt).compareTo(EACH) >= 0) {
            saidAt = now;
            return Word.LASTS;
        }
        return null;
    }

    /// How long it lasted; the next one is another.
    public Duration end(Duration now) {
        var lasted = begun == null ? Duration.ZERO : now.minus(begun);
        begun = null;
        return lasted;
    }
}
