/// The notifier: `[incidents] -> Router -> [deliveries] -> DeliveryWorker -> Lane -> channel -> [deliveries]`.
@NullMarked
package dev.tocsin.notifier;

import org.jspecify.annotations.NullMarked;
