package dev.tocsin.agent.probe.run;

/// What one run of a probe is given.
///
/// @param deadline covers all of the run, the reading of a body included
/// @param resolver answers afresh each time
/// @param trace what happened, for phase timings and for people
/// @param room is asked before anything of the target's that grows is held
/// @param body whether anybody reads `BODY`: a megabyte that nobody looks at is not kept
public record Run(
        Deadline deadline, Resolver resolver, Trace trace, Room.Share room, boolean body) {}
