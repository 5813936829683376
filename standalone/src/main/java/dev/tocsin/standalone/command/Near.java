package dev.tocsin.standalone.command;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/// What somebody may have meant who typed a name that there is not.
final class Near {
    private static final int NAMED = 10;

    private Near() {}

    /// For the end of a sentence, e.g. `; is it "shop"?`
    static String to(String typed, Collection<String> known) {
        var nearest =
                known.stream()
                        .filter(name -> distance(typed, name) <= Math.max(1, typed.length() / 3))
                        .min(
                                Comparator.<String>comparingInt(name -> distance(typed, name))
                                        .thenComparing(Comparator.naturalOrder()));
        if (nearest.isPresent()) {
            return "; is it \"" + nearest.get() + "\"?";
        }
        return known.isEmpty()
                ? "; there is none"
                : known.stream()
                        .sorted()
                        .limit(NAMED)
                        .collect(
                                Collectors.joining(
                                        ", ", "; there is ", known.size() > NAMED ? ", ..." : ""));
    }

    /// How many letters have to be put in, taken out, exchanged for others or with their neighbour.
    static int distance(String a, String b) {
        var all = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    all[i][j] = i + j;
                    continue;
                }
                int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(all[i - 1][j], all[i][j - 1]) + 1;
                all[i][j] = Math.min(least, all[i - 1][j - 1] + other);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    all[i][j] = Math.min(all[i][j], all[i - 2][j - 2] + 1);
                }
            }
        }
        return all[a.length()][b.length()];
    }
}
