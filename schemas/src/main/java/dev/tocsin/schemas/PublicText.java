package dev.tocsin.schemas;

import java.util.Set;

/// What people say to the public: one line of plain text. Whoever writes one and whoever follows it ask the same.
public final class PublicText {
    /// Characters.
    private static final int AT_MOST = 1000;

    /// Zero-width joiner and non-joiner: emoji and several scripts are written with them.
    private static final Set<Integer> JOINERS = Set.of(0x200C, 0x200D);

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
        text.codePoints()
                .filter(PublicText::hidden)
                .findFirst()
                .ifPresent(c -> {
                    throw new IllegalArgumentException(
                            "a text for the public has no line breaks and nothing invisible, as U+%04X is"
                                    .formatted(c));
                });
    }

    /// What can make a line look like another than it is: controls, what turns the direction of writing, half characters.
    private static boolean hidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    !JOINERS.contains(character);
            default -> false;
        };
    }
}
