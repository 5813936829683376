package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Sending;

/// What there was.
///
/// @param messages that were sent
/// @param digests among them
/// @param deaths of the notifier
/// @param doubles times that one went on after another had taken over
/// @param changes of `notify:` on an instance
public record Seen(int messages, int digests, int deaths, int doubles, int changes) {
    public static final Seen NOTHING = new Seen(0, 0, 0, 0, 0);
    static final Seen DEATH = new Seen(0, 0, 1, 0, 0);
    static final Seen DOUBLE = new Seen(0, 0, 0, 1, 0);
    static final Seen CHANGE = new Seen(0, 0, 0, 0, 1);

    public Seen plus(Seen other) {
        return new Seen(
                messages + other.messages,
                digests + other.digests,
                deaths + other.deaths,
                doubles + other.doubles,
                changes + other.changes);
    }

    Seen sent(Sending sending) {
        return plus(new Seen(1, sending.message() instanceof Message.Digest ? 1 : 0, 0, 0, 0));
    }
}
