/// The topics as an operator has them: created, written, read.
@NullMarked
package dev.tocsin.standalone.topic;

import org.jspecify.annotations.NullMarked;
