/// Measurements that anybody can repeat: `tocsin bench`.
@org.jspecify.annotations.NullMarked
package dev.tocsin.standalone.bench;
