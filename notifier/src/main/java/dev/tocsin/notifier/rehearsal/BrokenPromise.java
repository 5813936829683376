package dev.tocsin.notifier.rehearsal;

/// People were told something that they should not have been, or not told what they should; the message says which promise it broke, and how it came to that.
public final class BrokenPromise extends RuntimeException {
    BrokenPromise(String message) {
        super(message);
    }
}
