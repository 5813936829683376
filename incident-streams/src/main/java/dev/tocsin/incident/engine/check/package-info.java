/// One check: regions vote, a rung decides, an incident opens, changes and closes (rules 1 to 5, 7, 9 to 11). Pure.
@NullMarked
package dev.tocsin.incident.engine.check;

import org.jspecify.annotations.NullMarked;
