package dev.tocsin.notifier.mailbox;

/// Texts of others, no longer than is kept of them.
final class Text {
    private Text() {}

    static String clipped(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(
                0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
