package dev.tocsin.incident.engine.check;

/// Which next vote of a region says no more than what is known: a pass where all is well, a failure where the region fails and nothing
/// can come of it but what time brings. Then [IncidentEngine#step] would only move the time at which the region was last heard.
///
/// @param pass one of those
/// @param failure one of those, if it comes in order
/// @param told what its failing leads to was told, or needs time alone
/// @param settledMs votes at or before this time can change nothing any more, ms since 1970
/// @param text of the last failure
public record Expected(boolean pass, boolean failure, boolean told, long settledMs, String text) {
    /// Where nothing is known of the check.
    public static final Expected WELL = new Expected(true, false, false, Long.MIN_VALUE, "");

    public static Expected of(CheckState state, String name) {
        var region = state.region(name);
        var settledAt = region.settledAt();
        return new Expected(
                region.quiet() && !state.counts(),
                region.fails() && state.looksBackAt() == null,
                region.fails() && state.settled(name),
                settledAt == null ? Long.MIN_VALUE : settledAt.toEpochMilli(),
                region.failure());
    }

    /// Whether a vote is that. Allocates nothing.
    ///
    /// @param failed what of its text tells failures apart; "" for none
    /// @param lastMs when the region was last heard, in ms since 1970; 0 for never
    /// @param atMs and `nowMs` of the vote, likewise
    public boolean is(
            Vote vote, String failed, long lastMs, long atMs, long nowMs, Patience patience) {
        if (atMs > nowMs || atMs < nowMs - patience.maxResultAgeMs() || atMs <= settledMs) {
            return false;
        }
        return switch (vote) {
            case UP -> pass && atMs >= lastMs - patience.windowMs();
            // Only in order, and only where the region is heard without a gap, or was silent and
            // still is: then neither its streak nor its vote changes.
            case DOWN -> {
                long staleMs = patience.staleAfterMs();
                boolean inOrder = lastMs != 0 && atMs >= lastMs && atMs - lastMs <= staleMs;
                boolean silent = nowMs - atMs > staleMs;
                boolean heard = nowMs - lastMs <= staleMs && told;
                yield failure && inOrder && (silent || heard) && text.startsWith(failed);
            }
            case DEGRADED -> false;
        };
    }
}
