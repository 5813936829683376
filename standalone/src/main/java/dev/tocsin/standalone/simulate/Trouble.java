package dev.tocsin.standalone.simulate;

/// Something that is wrong in a universe for a while. Times are ms since it began.
///
/// @param check whose target it is; -1 where it is not about one
/// @param region where; -1 for everywhere
/// @param to no longer part of it
record Trouble(Kind kind, int check, int region, long from, long to) {
    enum Kind {
        /// The target is down for everybody.
        OUTAGE,
        /// The target is down for one region.
        REGIONAL,
        /// The target goes down and comes back again and again.
        FLAPPING,
        /// An agent reaches no target at all, but Kafka.
        CUT_OFF,
        /// An agent reaches the targets, but not Kafka; what it sees comes when that is over.
        UPLINK,
        /// No agent reaches Kafka.
        ALL_UPLINKS,
        /// An agent does not run.
        AGENT_DOWN,
        /// An agent's clock is minutes ahead, and it does not know.
        FAST_CLOCK,
        /// A second agent runs the same checks in a region, as while one takes over from another.
        PAIRED,
        /// The process that decides is gone, and another goes on with what was stored, and with what has come meanwhile.
        STREAMS_DOWN
    }

    boolean at(long time) {
        return time >= from && time < to;
    }

    boolean overlaps(long begin, long end) {
        return from < end && begin < to;
    }

    long lasts() {
        return to - from;
    }
}
