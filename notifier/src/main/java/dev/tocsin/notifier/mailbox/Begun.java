package dev.tocsin.notifier.mailbox;

import org.jspecify.annotations.Nullable;

/// Which message of a conversation was begun last. It is kept before that is sent: while nobody knows what came of it, the target may have it, and then it
/// goes out again as it was begun, under the same id, before anything newer.
///
/// @param conversation its id
/// @param message id of the message
/// @param digestOf of how many conversations it is a digest; 0 where it is of this one alone
/// @param number of messages that the target had taken of it
/// @param version of the conversation
/// @param was the conversation when it was begun; null as long as it still is
public record Begun(
        String conversation,
        String message,
        int digestOf,
        int number,
        long version,
        @Nullable Conversation was) {
    static Begun of(Conversation conversation, String message, int digestOf) {
        return new Begun(
                conversation.id(),
                message,
                digestOf,
                conversation.telling().number(),
                conversation.version(),
                null);
    }

    /// The conversation when it was begun; null when it has been told since.
    @Nullable Conversation at(Conversation now) {
        if (now.telling().number() != number) {
            return null;
        }
        return was != null ? was : now.version() == version ? now : null;
    }

    /// Something is taken in that may change it.
    Begun with(Conversation is) {
        return was != null ? this : new Begun(conversation, message, digestOf, number, version, is);
    }
}
