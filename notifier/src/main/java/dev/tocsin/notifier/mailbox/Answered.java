package dev.tocsin.notifier.mailbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What follows from a target's answer.
///
/// @param next when the conversation is tried again; null where it was told, or is given up
/// @param givenUp it was tried for so long that it is now only in the dead letters, until something changes
/// @param alarm what whoever keeps the target should hear by another way; null when nothing
public record Answered(@Nullable Instant next, boolean givenUp, @Nullable Alarm alarm) {}
