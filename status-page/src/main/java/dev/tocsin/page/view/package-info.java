/// What is shown: a [Viewer] looks at the board at one time, and gives a [View]. Only measurements are shown.
@NullMarked
package dev.tocsin.page.view;

import org.jspecify.annotations.NullMarked;
