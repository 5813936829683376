package dev.tocsin.notifier.stream;

import dev.tocsin.schemas.Topics;
import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.Place.Everywhere;
import dev.tocsin.service.streams.Place.Nowhere;
import dev.tocsin.service.streams.Place.Store;
import dev.tocsin.service.streams.Place.Which;
import dev.tocsin.service.streams.Place.WithKey;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// To which partition each entry of each store belongs.
public final class Places {
    private Places() {}

    /// By store.
    ///
    /// @param keys of the events of an incident, by its id; null for one of which nothing more is known
    public static Map<String, Store> of(Function<String, @Nullable String> keys) {
        return Map.of(
                RouteProcessor.TOLD,
                new Store(Topics.INCIDENTS.name(), (incident, _) -> told(keys.apply(incident))),
                MailboxProcessor.MAILBOXES,
                new Store(Topics.DELIVERIES.name(), (key, _) -> mailbox(key)));
    }

    /// Where no event of it comes what it says is read by nobody, and does no harm.
    private static Place told(@Nullable String key) {
        return key == null ? new Everywhere(Which.NEWEST) : new WithKey(key);
    }

    private static Place mailbox(String key) {
        int end = key.indexOf(StoredLetters.END);
        if (end > 0) {
            return new WithKey(key.substring(0, end));
        }
        if (key.startsWith(StoredSchemas.KEY)) {
            return new Everywhere(Which.NEWEST);
        }
        if (key.equals(MailboxProcessor.DECIDED)) {
            return new Nowhere("offsets of the topics of before mean nothing in others");
        }
        throw new IllegalArgumentException(
                "the store %s has \"%s\", of which this build does not know where it belongs"
                        .formatted(MailboxProcessor.MAILBOXES, key));
    }
}
