package dev.tocsin.notifier.mailbox;

import java.time.Instant;
import java.util.List;

/// That a target cannot be told, or can again: said to other targets.
///
/// @param since which time it is, from its first failure on
/// @param seq counted from 1, of that time
/// @param open false once it takes messages again
/// @param to ids of the targets that are told; none where there is no other
public record Alarm(
        String target, Instant since, int seq, boolean open, String why, List<String> to) {
    public Alarm {
        to = List.copyOf(to);
    }
}
