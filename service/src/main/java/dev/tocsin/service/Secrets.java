package dev.tocsin.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where what stands in no configuration comes from: the environment, and files that a process alone may read. No message has it.
public final class Secrets {
    private Secrets() {}

    /// What `NAME` is, or the file holds that `NAME_FILE` names, as it is usual in images.
    ///
    /// @return null when neither is set; a `NAME` that is empty hides no file
    /// @throws IllegalArgumentException when that file cannot be read, naming it
    public static @Nullable String named(String name, Map<String, String> env) {
        var value = env.get(name);
        if (value != null && !value.isEmpty()) {
            return value;
        }
        var file = env.get(name + "_FILE");
        if (file == null || file.isEmpty()) {
            return value;
        }
        return file(file);
    }

    /// What a file holds, without the end of its last line.
    ///
    /// @throws IllegalArgumentException when it cannot be read, naming it
    public static String file(String path) {
        try {
            return Files.readString(Path.of(path)).replaceFirst("\\R+\\z", "");
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    path + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }
}
