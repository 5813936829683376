/// The agent: `Scheduler -> Check -> Probe -> ResultPublisher -> [check-results]`, in the rooms `schedule`, `check`, `probe`, `publish`.
@NullMarked
package dev.tocsin.agent;

import org.jspecify.annotations.NullMarked;
