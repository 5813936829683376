/// An event as people and programs are told it.
@NullMarked
package dev.tocsin.notifier.text;

import org.jspecify.annotations.NullMarked;
