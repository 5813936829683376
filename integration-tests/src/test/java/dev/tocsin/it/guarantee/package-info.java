/// What the notifier promises, each promise a class that judges a whole history when all is over, in decaton's manner; and what such a history is made
/// of: incidents, receivers that misbehave, faults.
@NullMarked
package dev.tocsin.it.guarantee;

import org.jspecify.annotations.NullMarked;
