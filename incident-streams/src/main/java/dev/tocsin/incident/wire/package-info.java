/// Between the wire's records and the engine's, and between the engine's state and bytes.
@NullMarked
package dev.tocsin.incident.wire;

import org.jspecify.annotations.NullMarked;
