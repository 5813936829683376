package dev.tocsin.notifier.mailbox;

import java.time.Duration;
import java.time.Instant;

/// How many messages a target may be sent now: a handful at once, and then one each so often.
///
/// @param at up to when it was counted
record Allowance(int left, Instant at) {
    Allowance refilled(Instant now, int most, Duration each) {
        if (left >= most || now.isBefore(at)) {
            return left >= most ? new Allowance(most, now) : this;
        }
        long more = Duration.between(at, now).dividedBy(each);
        return more >= most - left
                ? new Allowance(most, now)
                : new Allowance(left + (int) more, at.plus(each.multipliedBy(more)));
    }

    Allowance taken() {
        return new Allowance(left - 1, at);
    }
}
