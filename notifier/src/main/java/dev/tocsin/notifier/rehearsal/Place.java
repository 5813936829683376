package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Mailbox;
import dev.tocsin.notifier.mailbox.Policy;
import java.time.Instant;

/// A target's mailbox, and its people.
final class Place {
    final String target;
    final Receiver receiver;
    final People people;
    private MemoryLetters letters = new MemoryLetters();
    private Mailbox mailbox;

    Place(String target, Receiver receiver, People people, Policy policy) {
        this.target = target;
        this.receiver = receiver;
        this.people = people;
        mailbox = new Mailbox(target, letters, Line.GOOD, policy);
    }

    Mailbox mailbox() {
        return mailbox;
    }

    MemoryLetters letters() {
        return letters;
    }

    /// A mailbox of what is kept.
    void recall(MemoryLetters kept, Instant now, Policy policy) {
        letters = kept;
        mailbox = letters.recalled(target, policy, now);
    }
}
