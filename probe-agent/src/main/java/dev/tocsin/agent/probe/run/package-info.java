/// What one run of a probe has: one deadline, its log, names resolved and sockets opened under both. Knows no probe.
@NullMarked
package dev.tocsin.agent.probe.run;

import org.jspecify.annotations.NullMarked;
