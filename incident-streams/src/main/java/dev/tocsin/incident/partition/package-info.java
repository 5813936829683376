/// One partition on the heap, as definitions and results make it: knows neither Kafka nor bytes.
@NullMarked
package dev.tocsin.incident.partition;

import org.jspecify.annotations.NullMarked;
