/// What a target was told, what is so now, and what is due. Pure: no clock, Kafka, thread or logger.
@NullMarked
package dev.tocsin.notifier.mailbox;

import org.jspecify.annotations.NullMarked;
