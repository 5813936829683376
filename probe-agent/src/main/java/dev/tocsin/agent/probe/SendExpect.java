package dev.tocsin.agent.probe;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The block of `tcp:` and `udp:`.
///
/// @param send written as UTF-8
/// @param expect a regular expression that the answer must contain
record SendExpect(@Nullable String send, @Nullable String expect) {
    SendExpect {
        if (expect != null) {
            Pattern.compile(expect);
        }
    }

    byte[] bytes() {
        return (send == null ? "" : send).getBytes(StandardCharsets.UTF_8);
    }
}
