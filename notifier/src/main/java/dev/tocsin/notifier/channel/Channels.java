package dev.tocsin.notifier.channel;

import java.util.List;
import java.util.Optional;

/// The registry of channels.
public final class Channels {
    public static final List<ChannelType<?>> ALL = List.of(WebhookChannel.TYPE, EmailChannel.TYPE);

    private Channels() {}

    public static Optional<ChannelType<?>> named(String name) {
        return ALL.stream().filter(type -> type.name().equals(name)).findFirst();
    }
}
