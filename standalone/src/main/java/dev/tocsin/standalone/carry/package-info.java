/// What is known under one prefix, taken along to another with more partitions.
@NullMarked
package dev.tocsin.standalone.carry;

import org.jspecify.annotations.NullMarked;
