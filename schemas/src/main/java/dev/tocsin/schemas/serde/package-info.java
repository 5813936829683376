/// Avro in Confluent's wire format, against any registry that speaks Confluent's REST API.
@NullMarked
package dev.tocsin.schemas.serde;

import org.jspecify.annotations.NullMarked;
