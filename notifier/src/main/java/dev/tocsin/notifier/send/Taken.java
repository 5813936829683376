package dev.tocsin.notifier.send;

import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.send.Outgoing.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What targets took of late, by id of the message: of the process, so that a task that begins anew knows it, whose last transaction was aborted or whose answers came
/// to the one before it. An id has one content, so that what is known of it stays so, and need not be forgotten with a commit. Thread-safe.
public final class Taken {
    /// As many as may be on their way at once: what is older is committed, or no commit has come through since, and then nothing was sent.
    static final int AT_MOST = Senders.AT_ONCE;

    private final Map<String, Answer> answers =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
                    return size() > AT_MOST;
                }
            };

    /// On whatever thread it came.
    public synchronized void came(Answer answer) {
        if (answer.result() instanceof Delivered) {
            answers.put(answer.message(), answer);
        }
    }

    /// Null when it is not known that the target took it.
    public synchronized @Nullable Answer answer(String message) {
        return answers.get(message);
    }
}
