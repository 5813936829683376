/// What is measured says more of those who measure: cut-off regions, a stalled pipeline (rules 1, 2 and 6). Pure.
@NullMarked
package dev.tocsin.incident.engine.fleet;

import org.jspecify.annotations.NullMarked;
