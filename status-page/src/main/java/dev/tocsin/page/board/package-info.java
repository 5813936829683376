/// What is known: the topics, followed into one [Board].
@NullMarked
package dev.tocsin.page.board;

import org.jspecify.annotations.NullMarked;
