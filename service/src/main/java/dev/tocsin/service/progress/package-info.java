/// Whether what a service reads goes on, and what it waits for if not. [dev.tocsin.service.progress.Progress] and [dev.tocsin.service.progress.Spell] are
/// pure.
@NullMarked
package dev.tocsin.service.progress;

import org.jspecify.annotations.NullMarked;
