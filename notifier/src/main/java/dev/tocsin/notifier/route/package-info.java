/// Who is told of an event, when, and why. Pure: no clock, Kafka or logger.
@NullMarked
package dev.tocsin.notifier.route;

import org.jspecify.annotations.NullMarked;
