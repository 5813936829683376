package dev.tocsin.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where what stands in no configuration comes from: the environment, and files that a process alone may read. No message has it.
public final class Secrets {
    /// What a part of a secret is told by, in characters; a shorter secret only by all of itself.
    private static final int PART = 6;

    private static final int LEAST = 3;

    /// Anybody knows that they begin so, and messages say it.
    private static final Pattern PREFIX = Pattern.compile("^(https?://|smtps?://|whsec_)");

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

    /// A text without a secret and without parts of it, whichever their case.
    ///
    /// @param shown in their place
    static String hide(String text, String value, String shown) {
        var secret = PREFIX.matcher(value).replaceFirst("");
        int least = Math.max(LEAST, Math.min(PART, secret.length()));
        var hidden = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int common = 0;
            for (int from = 0; from < secret.length(); from++) {
                int length = common(text, at, secret, from);
                common = Math.max(common, length);
            }
            if (common >= least) {
                hidden.append(shown);
                at += common;
            } else {
                hidden.append(text.charAt(at++));
            }
        }
        return hidden.toString();
    }

    private static int common(String text, int at, String secret, int from) {
        int most = Math.min(text.length() - at, secret.length() - from);
        int length = 0;
        while (length < most && text.regionMatches(true, at + length, secret, from + length, 1)) {
            length++;
        }
        return length;
    }
}
