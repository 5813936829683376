/// How it is shown: HTML without JavaScript, and JSON.
@NullMarked
package dev.tocsin.page.web;

import org.jspecify.annotations.NullMarked;
