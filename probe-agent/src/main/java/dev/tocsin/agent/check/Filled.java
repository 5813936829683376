package dev.tocsin.agent.check;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The values that were filled into one definition. No message is made of them; and whatever a library, the system or a target says of a run is searched for
/// them, as they are and as they can come back: in parts, encoded, in other case, cut off.
final class Filled {
    private static final Pattern SECRET = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final String HIDDEN = "(hidden)";

    /// Shorter ones cannot be told from chance.
    private static final int PART = 4;

    private static final Set<String> NO_SECRETS = Set.of("http", "https");

    private final UnaryOperator<String> secrets;
    private final Map<String, String> values = new LinkedHashMap<>();
    private @Nullable Pattern known;
    private int longest;

    /// @param secrets gives the value of a `${NAME}`; throws [IllegalArgumentException] where it may not or cannot
    Filled(UnaryOperator<String> secrets) {
        this.secrets = secrets;
    }

    /// @param quoting of a value where it is put
    String in(String text, UnaryOperator<String> quoting) {
        var filled =
                SECRET.matcher(text)
                        .replaceAll(m -> {
                            var value = secrets.apply(m.group(1));
                            values.put(m.group(1), value);
                            return Matcher.quoteReplacement(quoting.apply(value));
                        });
        learn();
        return filled;
    }

    /// The names that were filled in, for people.
    String names() {
        return values.keySet().stream()
                .map(name -> "${" + name + "}")
                .collect(Collectors.joining(", "));
    }

    boolean none() {
        return values.isEmpty();
    }

    private void learn() {
        var all =
                new TreeSet<>(
                        Comparator.comparingInt(String::length).reversed().thenComparing(s -> s));
        for (var value : values.values()) {
            Stream.of(value, value.strip(), value.replaceAll("\\p{Cntrl}+", " ").strip())
                    .forEach(all::add);
            Stream.of(value.split("[\\s\\p{Cntrl}/?#&=@:|,;\"'<>]+")).forEach(all::add);
            var encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
            all.add(encoded);
            all.add(encoded.replace("+", "%20"));
        }
        all.removeIf(text ->
                text.strip().length() < PART || NO_SECRETS.contains(text.toLowerCase(Locale.ROOT)));
        longest = all.isEmpty() ? 0 : all.first().length();
        known =
                all.isEmpty()
                        ? null
                        : Pattern.compile(
                                all.stream().map(Pattern::quote).collect(Collectors.joining("|")),
                                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /// The text without any of them.
    String hide(String text) {
        return known == null
                ? text
                : known.matcher(text).replaceAll(Matcher.quoteReplacement(HIDDEN));
    }

    /// The first so many characters of it, without any of them, nor the beginning of one that was cut.
    String hide(String text, int most) {
        var more = text.substring(0, (int) Math.min(text.length(), (long) most + longest));
        var hidden = hide(more);
        boolean cut = more.length() < text.length();
        int whole = hidden.length() - (cut ? Math.max(0, longest - 1) : 0);
        return hidden.substring(0, Math.max(0, Math.min(most, whole)));
    }
}
