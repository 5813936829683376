/// The engine's Kafka wiring: `[check-results] -> IncidentProcessor -> IncidentEngine -> [incidents]`.
@NullMarked
package dev.tocsin.incident.topology;

import org.jspecify.annotations.NullMarked;
