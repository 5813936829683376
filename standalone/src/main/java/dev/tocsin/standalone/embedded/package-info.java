/// Everything in one process: broker, registry, and every service.
@NullMarked
package dev.tocsin.standalone.embedded;

import org.jspecify.annotations.NullMarked;
