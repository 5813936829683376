package dev.tocsin.notifier.mailbox;

import org.jspecify.annotations.Nullable;

/// Where a target's mailbox is kept.
public interface Letters {
    @Nullable Conversation get(String id);

    void put(Conversation conversation);

    /// With its parts, and what was begun of it.
    void remove(String id);

    @Nullable Part part(String outage, String incident);

    void put(String outage, Part part);

    void put(Line line);

    /// In place of what was begun of its conversation before.
    void put(Begun begun);

    /// Nothing that was begun of a conversation is to be finished.
    void over(String conversation);
}
