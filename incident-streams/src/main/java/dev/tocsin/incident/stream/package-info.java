/// What touches Kafka: processors, what they read from and write to, dead letters, ticks.
@NullMarked
package dev.tocsin.incident.stream;

import org.jspecify.annotations.NullMarked;
