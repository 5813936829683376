package dev.tocsin.it.guarantee;

import java.time.Instant;

/// Something that was done to a notifier. Until it is over the group may be without it, or give its targets to another and back.
public record Fault(String what, String instance, Instant begun, Instant over) {}
