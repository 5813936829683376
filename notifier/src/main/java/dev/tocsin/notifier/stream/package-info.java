/// The routes' Kafka wiring, and the clients that both steps of the notifier use: `[incidents] -> Router -> [deliveries]`.
@NullMarked
package dev.tocsin.notifier.stream;

import org.jspecify.annotations.NullMarked;
