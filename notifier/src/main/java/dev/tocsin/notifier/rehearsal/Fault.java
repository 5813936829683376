package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.schemas.IncidentEvent;
import java.util.List;

/// What a faulty notifier would do: for tests of the oracle.
public interface Fault {
    Fault NONE = new Fault() {};

    /// Whether the mailbox is not given it.
    default boolean loses(IncidentEvent event) {
        return false;
    }

    /// What is handed over instead.
    default Sending hands(Sending sending) {
        return sending;
    }

    /// What people hear instead.
    default List<Sending> says(Sending sending) {
        return List.of(sending);
    }

    /// Whether who takes over does not know what was begun.
    default boolean forgetsWhatWasBegun() {
        return false;
    }

    /// Whether one that was stopped for long goes on sending.
    default boolean sendsStale() {
        return false;
    }
}
