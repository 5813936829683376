/// Users who report a service (rule 10). Pure.
@NullMarked
package dev.tocsin.incident.engine.report;

import org.jspecify.annotations.NullMarked;
