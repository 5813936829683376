package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.mailbox.Policy;

/// Who is told: by what, and how.
public record Target(Channel channel, Policy policy) {}
