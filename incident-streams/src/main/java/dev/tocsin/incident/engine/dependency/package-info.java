/// Which checks explain which (rule 7). Pure.
@NullMarked
package dev.tocsin.incident.engine.dependency;

import org.jspecify.annotations.NullMarked;
