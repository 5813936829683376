package dev.tocsin.notifier.mailbox;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Messages of which nobody knows what came of them: those that are on their way, and those that somebody may have sent before the mailbox was recalled. These
/// are finished first.
final class Unfinished {
    private final Letters letters;

    /// By conversation.
    private final Map<String, Begun> all = new HashMap<>();

    /// Of those that were recalled: the conversations in each, by id of the message.
    private final Map<String, List<String>> recalled = new HashMap<>();

    /// Those of them that are not under way again, the first as it was recalled.
    private final Deque<String> waiting = new ArrayDeque<>();

    private @Nullable Instant since;

    Unfinished(Letters letters) {
        this.letters = letters;
    }

    void begin(Conversation conversation, String message, int digestOf) {
        var begun = Begun.of(conversation, message, digestOf);
        all.put(begun.conversation(), begun);
        letters.put(begun);
    }

    /// @return whether nobody knows what came of it
    boolean recall(Begun begun, Instant now) {
        var is = letters.get(begun.conversation());
        if (is == null) {
            letters.over(begun.conversation());
            return false;
        }
        if (begun.at(is) == null) {
            return false;
        }
        since = since == null ? now : since;
        all.put(begun.conversation(), begun);
        recalled.computeIfAbsent(
                        begun.message(),
                        message -> {
                            waiting.add(message);
                            return new ArrayList<>();
                        })
                .add(begun.conversation());
        return true;
    }

    /// Before something of a conversation is taken in.
    void remember(Conversation is) {
        var begun = all.get(is.id());
        if (begun != null && begun.was() == null) {
            var now = begun.with(is);
            all.put(is.id(), now);
            letters.put(now);
        }
    }

    /// The next that is to be finished, from now on under way; null when none is.
    @Nullable String next() {
        return waiting.poll();
    }

    boolean any() {
        return !waiting.isEmpty();
    }

    /// Whether the conversation is in one that is to be finished, and is not under way.
    boolean waits(String conversation) {
        var begun = all.get(conversation);
        return begun != null && waiting.contains(begun.message());
    }

    /// Id of the message that a conversation is in.
    @Nullable String message(String conversation) {
        var begun = all.get(conversation);
        return begun == null ? null : begun.message();
    }

    /// How many conversations are in those that are to be finished.
    int size() {
        return waiting.stream().mapToInt(message -> conversations(message).size()).sum();
    }

    /// Since when the first of them could have been; null when there is none.
    @Nullable Instant since() {
        return waiting.isEmpty() ? null : since;
    }

    List<String> waiting() {
        return List.copyOf(waiting);
    }

    /// In a message that was recalled; none when it was not.
    List<String> conversations(String message) {
        return List.copyOf(recalled.getOrDefault(message, List.of()));
    }

    /// Of how many it is a digest; 0 when it is none.
    int digestOf(String message) {
        var first = conversations(message).getFirst();
        return Objects.requireNonNull(all.get(first)).digestOf();
    }

    /// As it was when its message was begun.
    Conversation asBegun(String conversation) {
        var begun = Objects.requireNonNull(all.get(conversation));
        var is = Objects.requireNonNull(letters.get(conversation));
        return Objects.requireNonNull(begun.at(is));
    }

    /// It was not sent.
    ///
    /// @return whether somebody may have sent it before, so that it is still to be finished
    boolean returned(String message) {
        if (!recalled.containsKey(message)) {
            return false;
        }
        waiting.add(message);
        return true;
    }

    /// It is known what came of it, or nobody can say any more what it was.
    void over(String message) {
        recalled.remove(message);
        waiting.remove(message);
    }

    /// So it is of this conversation in it.
    ///
    /// @param told whether it is told, which its number says from then on
    void over(String conversation, boolean told) {
        if (all.remove(conversation) != null && !told) {
            letters.over(conversation);
        }
    }
}
