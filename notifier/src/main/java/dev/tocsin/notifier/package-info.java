/// The notifier: `[incidents] -> Router -> [deliveries] -> DeliveryWorker -> lane -> channel -> [deliveries]`.
@NullMarked
package dev.tocsin.notifier;

import org.jspecify.annotations.NullMarked;
