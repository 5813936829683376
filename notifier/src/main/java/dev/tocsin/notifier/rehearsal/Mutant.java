package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Notes;
import dev.tocsin.notifier.mailbox.Sending;
import dev.tocsin.notifier.mailbox.Sending.Carried;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A notifier that is wrong in one way, to see that the oracle sees it.
public enum Mutant {
    CLOSE_DROPPED("nobody's last word is false for longer than the bound"),
    ORDER_SWAPPED("order per conversation"),
    DIGEST_LOSES_ONE("nobody's last word is false for longer than the bound"),
    ID_CHANGES("the same message tried again has the same id"),
    NOTES_LOST("notes are told"),
    TOLD_TWICE("nothing is told twice under two ids"),

    /// Who takes over tells what is so now, whatever was begun.
    BEGINS_ANEW("nothing is told twice under two ids"),

    /// One that was stopped for long goes on sending.
    SENDS_STALE("what is sent is the newest that is known");

    private final String promise;

    Mutant(String promise) {
        this.promise = promise;
    }

    /// For one world.
    public Fault fault() {
        return switch (this) {
            case CLOSE_DROPPED -> new CloseDropped();
            case ORDER_SWAPPED -> new OrderSwapped();
            case DIGEST_LOSES_ONE -> new DigestLosesOne();
            case ID_CHANGES -> new IdChanges();
            case NOTES_LOST -> new NotesLost();
            case TOLD_TWICE -> new ToldTwice();
            case BEGINS_ANEW -> new BeginsAnew();
            case SENDS_STALE -> new SendsStale();
        };
    }

    /// That it breaks; perhaps others, too.
    public String promise() {
        return promise;
    }

    /// Of one incident in four.
    private static final class CloseDropped implements Fault {
        @Override
        public boolean loses(IncidentEvent event) {
            return event.getType() == IncidentEventType.CLOSED
                    && event.getIncidentId().hashCode() % 4 == 0;
        }
    }

    /// The first word comes after the second, of one incident in eight.
    private static final class OrderSwapped implements Fault {
        private final Map<String, Sending> held = new HashMap<>();

        @Override
        public List<Sending> says(Sending sending) {
            if (!(sending.message() instanceof Message.One one)
                    || one.event().getIncidentId().hashCode() % 8 != 0) {
                return List.of(sending);
            }
            var before = held.remove(one.event().getIncidentId());
            if (before == null && one.what().begins()) {
                held.put(one.event().getIncidentId(), sending);
                return List.of();
            }
            return before == null ? List.of(sending) : List.of(sending, before);
        }
    }

    private static final class DigestLosesOne implements Fault {
        @Override
        public List<Sending> says(Sending sending) {
            var carried = sending.carried();
            return List.of(
                    sending.message() instanceof Message.One
                            ? sending
                            : with(sending, carried.subList(1, carried.size())));
        }
    }

    private static final class IdChanges implements Fault {
        @Override
        public Sending hands(Sending sending) {
            return under(sending, "/" + sending.attempt());
        }
    }

    private static final class NotesLost implements Fault {
        @Override
        public List<Sending> says(Sending sending) {
            return List.of(
                    with(
                            sending,
                            sending.carried().stream()
                                    .map(one ->
                                            new Carried(
                                                    one.conversation(),
                                                    one.eventId(),
                                                    one.seq(),
                                                    one.said(),
                                                    Notes.NONE))
                                    .toList()));
        }
    }

    private static final class ToldTwice implements Fault {
        @Override
        public List<Sending> says(Sending sending) {
            return sending.message() instanceof Message.One
                    ? List.of(sending, under(sending, "/again"))
                    : List.of(sending);
        }
    }

    private static final class BeginsAnew implements Fault {
        @Override
        public boolean forgetsWhatWasBegun() {
            return true;
        }
    }

    private static final class SendsStale implements Fault {
        @Override
        public boolean sendsStale() {
            return true;
        }
    }

    private static Sending with(Sending sending, List<Carried> carried) {
        return new Sending(sending.message(), sending.attempt(), carried);
    }

    /// A message of one conversation, under another id.
    private static Sending under(Sending sending, String more) {
        return sending.message() instanceof Message.One one
                ? new Sending(
                        new Message.One(
                                one.id() + more,
                                one.what(),
                                one.event(),
                                one.before(),
                                one.reason(),
                                one.notes(),
                                one.parts()),
                        sending.attempt(),
                        sending.carried())
                : sending;
    }
}
