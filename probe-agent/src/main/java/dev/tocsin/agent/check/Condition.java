package dev.tocsin.agent.check;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.Trace.Hiding;
import dev.tocsin.service.Durations;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A condition in Gatus's words, e.g. `[STATUS] == any(200, 204)`, `[BODY].status == UP`, `len([BODY]) < 1000`,
/// `[CERTIFICATE_EXPIRATION] > 14d`, `[BODY] == pat(*ok*)`, `has([BODY].errors) == false`.
public record Condition(String text, String left, String operator, String right) {
    private static final Pattern SHAPE = Pattern.compile("(.+?)\\s+(==|!=|<=|>=|<|>)\\s+(.+)");
    private static final Pattern VALUE =
            Pattern.compile("(?:(len|has)\\()?\\[([A-Z_]+)]((?:\\.[^.()\\[\\]]+|\\[\\d+])*)\\)?");
    private static final Pattern FUNCTION = Pattern.compile("(any|pat)\\((.*)\\)");
    private static final int SHOWN = 80;
    private static final JsonFactory JSON = new JsonFactory();

    /// @throws IllegalArgumentException with a message for the person who wrote it
    public static Condition parse(String text) {
        var shape = SHAPE.matcher(text.strip());
        if (!shape.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a condition; write it as [STATUS] == 200");
        }
        if (!VALUE.matcher(shape.group(1)).matches()) {
            throw new IllegalArgumentException(
                    "\""
                            + text
                            + "\": the left side must be a placeholder such as [STATUS] or len([BODY])");
        }
        return new Condition(text, shape.group(1), shape.group(2), shape.group(3).strip());
    }

    /// @param values placeholder to number, text, boolean or [Duration]
    /// @return null when it holds, else the condition with what was found in its place
    public @Nullable String check(Map<String, Object> values) {
        return check(values, Hiding.NOTHING);
    }

    @Nullable String check(Map<String, Object> values, Hiding hiding) {
        var found = find(values);
        if (holds(found)) {
            return null;
        }
        var all = String.valueOf(found);
        return text
                + " (found "
                + hiding.hide(all, SHOWN)
                + (all.length() > SHOWN ? "..." : "")
                + ")";
    }

    /// The name that it looks at, e.g. `STATUS`.
    String placeholder() {
        var value = VALUE.matcher(left);
        return value.matches() ? value.group(2) : "";
    }

    /// Whether its outcome depends on what is found.
    ///
    /// @param of what its placeholder stands for
    /// @throws IllegalArgumentException when it holds always, or never, whatever that is
    void requireSense(Value of) {
        var kind = kind(of);
        if (VALUE.matcher(right).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\": the right side is a value, and no placeholder");
        }
        boolean equality = operator.equals("==") || operator.equals("!=");
        var function = FUNCTION.matcher(right);
        if (function.matches() && !equality) {
            throw new IllegalArgumentException(
                    "\"" + text + "\": any(...) and pat(...) go with == and != alone");
        }
        if (function.matches() && function.group(1).equals("pat")) {
            return;
        }
        for (var option :
                function.matches() ? function.group(2).split(",") : new String[] {right}) {
            var wrong = wrong(kind, equality, option.strip());
            if (wrong != null) {
                throw new IllegalArgumentException("\"" + text + "\": " + wrong);
            }
        }
    }

    private Value kind(Value of) {
        var value = VALUE.matcher(left);
        if (!value.matches()) {
            return Value.TEXT;
        }
        return switch (value.group(1)) {
            case "len" -> Value.NUMBER;
            case "has" -> Value.BOOLEAN;
            case null, default -> value.group(3).isEmpty() ? of : Value.TEXT;
        };
    }

    private @Nullable String wrong(Value kind, boolean equality, String option) {
        return switch (kind) {
            case NUMBER ->
                    isNumber(option)
                                    || (placeholder().equals("RESPONSE_TIME") && isDuration(option))
                            ? null
                            : "\"" + option + "\" is no number";
            case DURATION ->
                    isDuration(option) ? null : "\"" + option + "\" is no duration, as 14d or 90m";
            case BOOLEAN ->
                    equality && option.matches("true|false")
                            ? null
                            : left + " is == or != true or false";
            case TEXT ->
                    equality || isNumber(option)
                            ? null
                            : "only numbers are less or greater, and \"" + option + "\" is none";
        };
    }

    private static boolean isNumber(String text) {
        try {
            var _ = new BigDecimal(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isDuration(String text) {
        try {
            var _ = duration(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean holds(@Nullable Object found) {
        var function = FUNCTION.matcher(right);
        if (function.matches() && (operator.equals("==") || operator.equals("!="))) {
            boolean matches = false;
            for (var option :
                    function.group(1).equals("any")
                            ? function.group(2).split(",")
                            : new String[] {function.group(2)}) {
                matches |=
                        function.group(1).equals("any")
                                ? Integer.valueOf(0).equals(compare(found, option.strip()))
                                : Glob.matches(option.strip(), String.valueOf(found));
            }
            return matches == operator.equals("==");
        }
        var order = compare(found, right);
        return switch (operator) {
            case "==" -> order != null && order == 0;
            case "!=" -> order == null || order != 0;
            case "<" -> order != null && order < 0;
            case "<=" -> order != null && order <= 0;
            case ">" -> order != null && order > 0;
            default -> order != null && order >= 0;
        };
    }

    /// Null where the two cannot be compared: then nothing but != holds.
    private static @Nullable Integer compare(@Nullable Object found, String expected) {
        if (found == null) {
            return null;
        }
        try {
            if (found instanceof Duration duration) {
                return duration.compareTo(duration(expected));
            }
            if (found instanceof Number number && !isNumber(expected)) {
                return Duration.ofMillis(number.longValue()).compareTo(Durations.parse(expected));
            }
            return Integer.signum(
                    Double.compare(
                            Double.parseDouble(found.toString()), Double.parseDouble(expected)));
        } catch (IllegalArgumentException e) {
            return found.toString().equals(expected) ? 0 : null;
        }
    }

    /// A number alone is so many milliseconds, as in Gatus.
    private static Duration duration(String text) {
        return isNumber(text)
                ? Duration.ofMillis(new BigDecimal(text).longValue())
                : Durations.parse(text);
    }

    private @Nullable Object find(Map<String, Object> values) {
        var value = VALUE.matcher(left);
        if (!value.matches()) {
            return null;
        }
        var found = values.get(value.group(2));
        if (found != null && !value.group(3).isEmpty()) {
            found = descend(found.toString(), value.group(3));
        }
        return switch (value.group(1)) {
            case "has" -> found != null;
            case "len" -> found == null ? null : found.toString().length();
            case null, default -> found;
        };
    }

    /// As text, null where there is none. Read as a stream: as a tree, a megabyte takes thirty.
    private static @Nullable String descend(String body, String path) {
        var pointer = path.replace('.', '/').replaceAll("\\[(\\d+)]", "/$1");
        try (var parser =
                new FilteringParserDelegate(
                        new First(JSON.createParser(body)),
                        new JsonPointerBasedFilter(pointer),
                        Inclusion.ONLY_INCLUDE_ALL,
                        true)) {
            @Nullable String found = null;
            for (var token = parser.nextToken(); // to the end: half of a document is none
                    token != null;
                    token = parser.nextToken()) {
                found =
                        token == JsonToken.VALUE_NUMBER_FLOAT
                                ? Double.toString(parser.getDoubleValue())
                                : token.isScalarValue() ? parser.getText() : whole(parser);
            }
            return found;
        } catch (IOException e) {
            return null;
        }
    }

    /// A document, and nothing of what stands behind it: some servers append a comment, or the next one.
    private static final class First extends JsonParserDelegate {
        private boolean ended;

        First(JsonParser all) {
            super(all);
        }

        @Override
        public @Nullable JsonToken nextToken() throws IOException {
            if (ended) {
                return null;
            }
            var token = delegate.nextToken();
            look();
            return token;
        }

        @Override
        public JsonParser skipChildren() throws IOException {
            delegate.skipChildren();
            look();
            return this;
        }

        private void look() {
            ended = delegate.getParsingContext().inRoot();
        }
    }

    private static String whole(JsonParser parser) throws IOException {
        var text = new StringWriter();
        try (var generator = JSON.createGenerator(text)) {
            generator.copyCurrentStructure(parser);
        }
        return text.toString();
    }
}
