/// `tocsin demo`: the day of DESIGN section 1 on a local estate, through the whole pipeline.
@NullMarked
package dev.tocsin.standalone.demo;

import org.jspecify.annotations.NullMarked;
