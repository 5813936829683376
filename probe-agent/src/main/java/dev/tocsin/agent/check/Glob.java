package dev.tocsin.agent.check;

/// `*` stands for any text, all else for itself. What is matched comes from a target, so the time is linear in it: each piece between two stars is
/// looked for once, behind the one before it, and the first place is as good as any.
final class Glob {
    private Glob() {}

    static boolean matches(String glob, String text) {
        int star = glob.indexOf('*');
        if (star < 0) {
            return glob.equals(text);
        }
        int last = glob.lastIndexOf('*');
        var head = glob.substring(0, star);
        var tail = glob.substring(last + 1);
        int end = text.length() - tail.length();
        if (head.length() > end || !text.startsWith(head) || !text.endsWith(tail)) {
            return false;
        }
        int at = head.length();
        for (int from = star + 1; from <= last; ) {
            int next = glob.indexOf('*', from);
            var piece = glob.substring(from, next);
            int found = text.indexOf(piece, at);
            if (found < 0 || found + piece.length() > end) {
                return false;
            }
            at = found + piece.length();
            from = next + 1;
        }
        return true;
    }
}
