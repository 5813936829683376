package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.mailbox.Policy;
import java.util.List;

/// Who is told: by what, and how.
public record Target(Channel channel, Policy policy) {
    /// @param watchers ids of the targets that hear when this one cannot be told
    public Target withWatchers(List<String> watchers) {
        return new Target(channel, policy.withWatchers(watchers));
    }
}
