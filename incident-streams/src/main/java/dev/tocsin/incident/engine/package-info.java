/// The incident engine, pure: state and input in, state and events out. No clock, Kafka, Avro or logger; time is an
/// argument. "Rule n" in the comments is section 6 of the design.
@NullMarked
package dev.tocsin.incident.engine;

import org.jspecify.annotations.NullMarked;
