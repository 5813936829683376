package dev.tocsin.schemas;

/// What people say to the public: one line of plain text. Whoever writes one and whoever follows it ask the same.
public final class PublicText {
    /// Characters.
    private static final int AT_MOST = 1000;

    private PublicText() {}

    /// @throws IllegalArgumentException for a text that is not for the public, saying why
    public static void check(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a text for the public says something");
        }
        if (text.length() > AT_MOST) {
            throw new IllegalArgumentException(
                    "a text for the public has at most " + AT_MOST + " characters");
        }
        PlainText.firstUnseen(text)
                .ifPresent(c -> {
                    throw new IllegalArgumentException(
                            "a text for the public has no line breaks and nothing invisible, as U+%04X is"
                                    .formatted(c));
                });
    }
}
