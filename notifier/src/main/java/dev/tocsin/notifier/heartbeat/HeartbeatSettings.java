package dev.tocsin.notifier.heartbeat;

import java.time.Duration;

/// Where a heartbeat goes.
///
/// @param every how often; what is read has to get on within that time
public record HeartbeatSettings(Heartbeat.Call call, Duration every) {}
