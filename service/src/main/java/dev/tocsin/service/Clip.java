package dev.tocsin.service;

/// Texts of others, no longer than they may be.
public final class Clip {
    private Clip() {}

    /// @param most characters, the mark that something is missing included
    public static String to(int most, String text) {
        if (text.length() <= most) {
            return text;
        }
        int end = most - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
                + "…";
    }
}
