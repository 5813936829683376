/// The operator's commands, and the options they share. They speak to the pipeline by its topics alone.
@NullMarked
package dev.tocsin.standalone.command;

import org.jspecify.annotations.NullMarked;
