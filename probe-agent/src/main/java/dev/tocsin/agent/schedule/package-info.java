/// When a check runs, and which ones: `[checks] -> ChecksTopic -> Scheduler -> check -> result`.
@NullMarked
package dev.tocsin.agent.schedule;

import org.jspecify.annotations.NullMarked;
