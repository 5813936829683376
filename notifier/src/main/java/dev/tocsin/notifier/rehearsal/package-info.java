/// The core (`route` and `mailbox`) outside of Kafka, in a simulated time: targets that misbehave, notifiers that fail, and an oracle that judges what people
/// were told. For simulations and tests.
@NullMarked
package dev.tocsin.notifier.rehearsal;

import org.jspecify.annotations.NullMarked;
