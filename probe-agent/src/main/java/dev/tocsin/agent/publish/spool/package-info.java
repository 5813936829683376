/// Results on disk until a broker has them: an append-only log of segments ([Spool]), and what of it is still to be sent
/// ([Progress]).
@NullMarked
package dev.tocsin.agent.publish.spool;

import org.jspecify.annotations.NullMarked;
