package dev.tocsin.service;

import java.util.List;

/// The configuration is wrong. The message is for the person who wrote it: file, line, key, what is wrong, what to write; a line for each mistake.
public final class ConfigException extends RuntimeException {
    private final transient List<String> mistakes;

    public ConfigException(String message) {
        this(List.of(message));
    }

    /// @param mistakes a line each
    ConfigException(List<String> mistakes) {
        super(String.join(System.lineSeparator(), mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /// A line each.
    public List<String> mistakes() {
        return mistakes;
    }
}
