package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.ProbeType.Value;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// Asks one name server one question. `[DNS_RCODE]` is its answer's code, `[BODY]` all records of the answer, comma-separated.
record DnsProbe(URI server, Name name, int type) implements Probe {
    static final ProbeType<Spec> TYPE =
            new ProbeType<>(
                    "dns",
                    Set.of("dns"),
                    Spec.class,
                    List.of("[DNS_RCODE] == NOERROR"),
                    Map.of("DNS_RCODE", Value.TEXT, "BODY", Value.TEXT),
                    DnsProbe::make);

    /// As in Gatus.
    record Spec(@Nullable String queryName, @Nullable String queryType) {}

    private static Probe make(URI target, Spec spec) {
        if (spec.queryName() == null) {
            throw new IllegalArgumentException("dns.query-name: missing; the name to ask for");
        }
        var asked = spec.queryType() == null ? "A" : spec.queryType();
        int type = Type.value(asked);
        if (type < 0) {
            throw new IllegalArgumentException(
                    "dns.query-type: \""
                            + asked
                            + "\" is not a record type; write A, AAAA, MX, TXT ...");
        }
        if (target.getHost() == null) {
            throw new IllegalArgumentException("url: needs the name server, e.g. dns://9.9.9.9");
        }
        try {
            return new DnsProbe(target, Name.fromString(spec.queryName(), Name.root), type);
        } catch (org.xbill.DNS.TextParseException e) {
            throw new IllegalArgumentException("dns.query-name: " + e.getMessage());
        }
    }

    @Override
    public Map<String, Object> run(Run run) throws IOException {
        var address = run.resolver().resolve(server.getHost(), run.deadline(), run.trace());
        run.trace().connecting(address.getHostAddress());
        run.trace().enter(Phase.REQUEST);
        var resolver =
                new SimpleResolver(
                        new InetSocketAddress(
                                address, server.getPort() < 0 ? 53 : server.getPort()));
        resolver.setTimeout(run.deadline().remaining());
        var query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        var answer = answer(resolver.sendAsync(query), run, address.getHostAddress());
        run.trace().leave();
        var records =
                answer.getSection(Section.ANSWER).stream()
                        .filter(r -> r.getType() == type)
                        .map(Record::rdataToString)
                        .collect(Collectors.joining(","));
        var code = Rcode.string(answer.getRcode());
        run.trace().note(code + " " + records);
        return Map.of("DNS_RCODE", code, "BODY", records);
    }

    /// Whichever clock ends it first, the resolver's or ours.
    private static Message answer(CompletionStage<Message> asked, Run run, String address)
            throws IOException {
        try {
            return run.deadline().await(asked);
        } catch (TimeoutException e) {
            throw late(address);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case SocketTimeoutException _ -> late(address);
                case IOException io -> io;
                case null, default -> new IOException(e.getCause());
            };
        }
    }

    private static ProbeFailure late(String address) {
        return new ProbeFailure(Phase.TIMEOUT, "timeout", "no answer from " + address + " in time");
    }
}
