/// How topics and their schemas are kept, against how they must be: what a service asks at its start, and while it runs. What judges is pure.
@NullMarked
package dev.tocsin.schemas.kept;

import org.jspecify.annotations.NullMarked;
