/// The agent: `Scheduler -> Probe -> ResultPublisher -> [check-results]`.
@NullMarked
package dev.tocsin.agent;

import org.jspecify.annotations.NullMarked;
