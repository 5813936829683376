/// What fails together is one outage (rule 8). Pure.
@NullMarked
package dev.tocsin.incident.engine.outage;

import org.jspecify.annotations.NullMarked;
