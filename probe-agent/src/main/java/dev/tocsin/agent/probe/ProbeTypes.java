package dev.tocsin.agent.probe;

import java.util.List;
import java.util.Optional;

/// The registry of probes.
public final class ProbeTypes {
    public static final List<ProbeType<?>> ALL =
            List.of(
                    HttpProbe.TYPE,
                    TcpProbe.TYPE,
                    TlsProbe.TYPE,
                    DnsProbe.TYPE,
                    UdpProbe.TYPE,
                    StunProbe.TYPE,
                    SmtpProbe.TYPE,
                    ImapProbe.TYPE);

    private ProbeTypes() {}

    public static Optional<ProbeType<?>> named(String name) {
        return ALL.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /// By the scheme of a url.
    public static Optional<ProbeType<?>> forUrl(String url) {
        var scheme = url.contains(":") ? url.substring(0, url.indexOf(':')) : "";
        return ALL.stream().filter(type -> type.schemes().contains(scheme)).findFirst();
    }
}
