package dev.tocsin.notifier.mailbox;

import java.time.Duration;
import java.util.List;

/// How a target is told.
///
/// @param handful more conversations than these that are due at once are one digest, and so many messages may follow one another at once; 0: each
///     conversation is a message of its own, as soon as it is due, but for what is old
/// @param each so long after it one more message may be sent
/// @param pace so long after a message of a conversation what merely changed is told
/// @param hold so long the first word of an incident waits for what its group's owner says
/// @param over so long the end of the target's part in an outage waits for the end of the outage
/// @param maxAge what is older is told in a digest alone
/// @param settle so long what is old waits for what else is old
/// @param watchers ids of the targets that hear when this one cannot be told
public record Policy(
        int handful,
        Duration each,
        Duration pace,
        Duration hold,
        Duration over,
        Duration maxAge,
        Duration settle,
        List<String> watchers) {
    public Policy {
        watchers = List.copyOf(watchers);
    }

    /// A target hears at most ten messages a minute (five at once, and five in the minute).
    public static final Policy DEFAULT =
            new Policy(
                    5,
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofHours(24),
                    Duration.ofSeconds(5),
                    List.of());

    public Policy withoutDigests() {
        return withHandful(0);
    }

    public Policy withHandful(int messages) {
        return new Policy(messages, each, pace, hold, over, maxAge, settle, watchers);
    }

    public Policy withWatchers(List<String> targets) {
        return new Policy(handful, each, pace, hold, over, maxAge, settle, targets);
    }

    boolean digests() {
        return handful > 0;
    }
}
