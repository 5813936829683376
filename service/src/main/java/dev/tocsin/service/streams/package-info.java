/// How a Kafka Streams app lives here: what it runs with, what it waits for, where it sets aside what it cannot read.
@NullMarked
package dev.tocsin.service.streams;

import org.jspecify.annotations.NullMarked;
