package dev.tocsin.agent.schedule;

/// Who measures: what every result of one run of an agent has in common.
///
/// @param bootEpoch when this process began, in milliseconds; tells its sequence numbers from those of an earlier run
public record Origin(String region, String agentId, long bootEpoch) {}
