/// The `tocsin` command: names every command there is, and runs one.
@NullMarked
package dev.tocsin.standalone;

import org.jspecify.annotations.NullMarked;
