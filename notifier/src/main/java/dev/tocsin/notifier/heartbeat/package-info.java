/// A dead man's switch: as long as the whole path works, an URL outside hears so. Whoever is there raises the alarm when it hears nothing.
@NullMarked
package dev.tocsin.notifier.heartbeat;

import org.jspecify.annotations.NullMarked;
