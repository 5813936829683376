package dev.tocsin.schemas.serde;

import org.apache.kafka.common.errors.RetriableException;

/// The registry did not answer what was asked, whoever's fault that is, or lacks a schema of ours: the same call may succeed
/// later, and no record may be given up for it.
public final class RegistryUnavailableException extends RetriableException {
    RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    RegistryUnavailableException(String message) {
        super(message);
    }

    /// The cause says that it was this thread that was interrupted.
    static RegistryUnavailableException interrupted(InterruptedException cause) {
        return new RegistryUnavailableException(
                "interrupted while asking the schema registry", cause);
    }
}
