package dev.tocsin.service;

/// The configuration is wrong. The message is for the person who wrote it: file, line, key, what is wrong, what to write.
public final class ConfigException extends RuntimeException {
    public ConfigException(String message) {
        super(message);
    }
}
