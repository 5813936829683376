package dev.tocsin.standalone.topic;

/// What a topic that was there had otherwise than it must be.
///
/// @param what a setting, or `partitions`
/// @param why it is as it was; empty when it was mended
public record Difference(
        String topic, String what, String was, String must, Fate fate, String why) {
    public enum Fate {
        MENDED,
        /// It can be lived with.
        LEFT,
        /// It loses or misleads, and is for whoever runs Kafka to mend.
        WRONG
    }

    /// For people.
    public String line() {
        return topic
                + ": "
                + what
                + switch (fate) {
                    case MENDED -> " was %s, is %s now".formatted(was, must);
                    case LEFT -> " is %s, not %s: %s".formatted(was, must, why);
                    case WRONG -> " is %s, must be %s: %s".formatted(was, must, why);
                };
    }
}
