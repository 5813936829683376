/// Makes the requests: `MailboxProcessor -> Handover -> Senders -> channel`, and the answer back.
@NullMarked
package dev.tocsin.notifier.send;

import org.jspecify.annotations.NullMarked;
