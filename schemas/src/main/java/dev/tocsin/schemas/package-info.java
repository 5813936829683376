/// The wire: every topic as a typed constant and, generated from `src/main/avro`, every record that travels on one.
/// Usable by outsiders who only subscribe.
package dev.tocsin.schemas;
