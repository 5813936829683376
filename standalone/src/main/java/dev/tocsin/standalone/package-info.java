/// The `tocsin` command: the embedded cluster, everything in one process, the operator's commands.
@NullMarked
package dev.tocsin.standalone;

import org.jspecify.annotations.NullMarked;
