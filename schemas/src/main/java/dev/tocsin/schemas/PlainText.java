package dev.tocsin.schemas;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What people read in a line of a mail, a log, a terminal or a page: nothing in it breaks the line, moves the cursor, or turns around what stands beside it.
public final class PlainText {
    private static final int JOINER = 0x200D;
    private static final int NON_JOINER = 0x200C;

    private PlainText() {}

    /// Why this is no name, as `must not be empty`, or null when it is one. Joiners are letters' and emoji's own; all else that only formats, as U+202E, is
    /// refused.
    public static @Nullable String wrong(String text) {
        return text.isBlank() ? "must not be empty" : unseen(text);
    }

    /// As [#wrong], of a text that may be empty.
    public static @Nullable String unseen(String text) {
        var first = firstUnseen(text);
        return first.isEmpty()
                ? null
                : "has the character U+%04X, which nobody sees".formatted(first.getAsInt());
    }

    /// What was not asked, as it may be shown: a space in place of what nobody sees.
    public static String shown(String text) {
        return firstUnseen(text).isEmpty()
                ? text
                : text.codePoints()
                        .map(c -> isUnseen(c) ? ' ' : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
    }

    /// The first character that is refused, if there is one.
    static OptionalInt firstUnseen(String text) {
        return text.codePoints().filter(PlainText::isUnseen).findFirst();
    }

    private static boolean isUnseen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    true;
            case Character.FORMAT -> c != JOINER && c != NON_JOINER;
            default -> false;
        };
    }
}
