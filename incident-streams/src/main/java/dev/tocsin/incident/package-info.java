/// The process that turns results into incidents.
@NullMarked
package dev.tocsin.incident;

import org.jspecify.annotations.NullMarked;
