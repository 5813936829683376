package dev.tocsin.notifier.mailbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How an attempt ended. A target that misbehaves is a value, never an exception.
///
/// `status` is the protocol's answer, null when there was none.
public sealed interface DeliveryResult {
    @Nullable Integer status();

    String detail();

    record Delivered(@Nullable Integer status, String detail) implements DeliveryResult {}

    /// @param after what the target asked for; null leaves it to the retry curve
    record Retry(@Nullable Integer status, String detail, @Nullable Duration after)
            implements DeliveryResult {}

    /// @param targetGone nothing will ever be taken there again (HTTP 410)
    record Rejected(@Nullable Integer status, String detail, boolean targetGone)
            implements DeliveryResult {}
}
