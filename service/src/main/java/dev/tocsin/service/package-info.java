/// How a process of Tocsin lives: it starts, is configured, reaches Kafka, answers `/health`, and ends in the reverse
/// order. Knows no domain word.
@NullMarked
package dev.tocsin.service;

import org.jspecify.annotations.NullMarked;
