package dev.tocsin.schemas.kept;

/// What is otherwise than it must or should be.
///
/// @param sentence says what, and how it is mended
public record Finding(Kind kind, String sentence) {
    public enum Kind {
        /// Only topics that are made anew mend it, and going on would lose or mislead.
        REFUSED,
        /// A command mends it.
        WAITS,
        /// Whoever runs Kafka may want to know.
        ADVICE
    }
}
