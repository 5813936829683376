package dev.tocsin.agent.probe;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The block of `tcp:` and `udp:`.
///
/// @param send written as UTF-8
/// @param expect a regular expression that the answer must contain, of RE2's syntax: it takes linear time, whatever the answer is
record SendExpect(@Nullable String send, @Nullable String expect) {
    SendExpect {
        if (expect != null) {
            try {
                Pattern.compile(expect);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "expect: "
                                + e.getMessage()
                                + " (RE2's syntax: no lookaround, no back-references)");
            }
        }
    }

    Pattern expected() {
        return Pattern.compile(expect == null ? "" : expect);
    }

    byte[] bytes() {
        return (send == null ? "" : send).getBytes(StandardCharsets.UTF_8);
    }
}
