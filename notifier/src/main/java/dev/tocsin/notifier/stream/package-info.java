/// Both halves' Kafka wiring, and where what they remember is kept.
@NullMarked
package dev.tocsin.notifier.stream;

import org.jspecify.annotations.NullMarked;
