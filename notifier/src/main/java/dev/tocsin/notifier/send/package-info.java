/// Delivers, in order, to every target: `[deliveries] -> DeliveryWorker -> Lane -> channel -> [deliveries]`.
@NullMarked
package dev.tocsin.notifier.send;

import org.jspecify.annotations.NullMarked;
