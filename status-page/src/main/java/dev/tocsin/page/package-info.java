/// The public page: what was measured, with its age. Rebuilt from topics, owns no database:
/// `[checks, catalog, incident-state, incidents, check-hours, maintenance, check-results] -> Board -> View -> HTML, JSON`.
@NullMarked
package dev.tocsin.page;

import org.jspecify.annotations.NullMarked;
