package dev.tocsin.service.progress;

/// Where a partition ends.
///
/// @param end after the last record, committed or not
/// @param stable up to where it can be read: before it if a transaction is open
public record End(long end, long stable) {}
