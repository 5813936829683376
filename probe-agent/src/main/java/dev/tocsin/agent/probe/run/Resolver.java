package dev.tocsin.agent.probe.run;

import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Address;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;
import org.xbill.DNS.lookup.LookupFailedException;
import org.xbill.DNS.lookup.LookupSession;

/// Asks the system's name servers anew at each call: the JDK would keep an answer for 30 s and a failure for 10 s
/// (measured, research/probing.md E). `hosts` (as in the agent's config) and `/etc/hosts` go first. Thread-safe.
public final class Resolver {
    private static final NameServers NAME_SERVERS =
            new NameServers(System.nanoTime(), ResolverConfig::refresh);

    private final Map<String, String> hosts;
    private final HostsFileParser hostsFile;
    private final Supplier<org.xbill.DNS.Resolver> servers;

    /// @param hosts name to address literal
    public Resolver(Map<String, String> hosts) {
        this(
                hosts,
                new HostsFileParser(),
                () -> {
                    NAME_SERVERS.look(System.nanoTime());
                    return new ExtendedResolver();
                });
    }

    /// @param servers the name servers as they are now
    Resolver(
            Map<String, String> hosts,
            HostsFileParser hostsFile,
            Supplier<org.xbill.DNS.Resolver> servers) {
        this.hosts = Map.copyOf(hosts);
        this.hostsFile = hostsFile;
        this.servers = servers;
    }

    /// The first address, IPv4 before IPv6; exactly one, so that a service that is half up does not pass for up
    /// (blackbox_exporter's stance).
    ///
    /// @throws ProbeFailure in phase DNS, with the code `nxdomain`, `timeout` or `servfail`
    public InetAddress resolve(String host, Deadline deadline, Trace trace) throws IOException {
        trace.enter(Phase.DNS);
        var address = find(host, deadline);
        trace.note("resolved " + host + " to " + address.getHostAddress());
        trace.leave();
        return address;
    }

    private InetAddress find(String host, Deadline deadline) throws IOException {
        var given = hosts.get(host);
        var literal = given != null ? given : host.replaceAll("^\\[|]$", "");
        if (Address.isDottedQuad(literal) || literal.contains(":")) {
            return InetAddress.getByName(literal);
        }
        try {
            var name = Name.fromString(literal, Name.root);
            for (int type : new int[] {Type.A, Type.AAAA}) {
                var local = hostsFile.getAddressForHost(name, type);
                if (local.isPresent()) {
                    return local.get();
                }
            }
            var session = LookupSession.builder().resolver(servers.get()).build();
            for (int type : new int[] {Type.A, Type.AAAA}) {
                var answer = deadline.await(session.lookupAsync(name, type, DClass.IN));
                for (var found : answer.getRecords()) {
                    if (found instanceof ARecord a) {
                        return a.getAddress();
                    }
                    if (found instanceof AAAARecord a) {
                        return a.getAddress();
                    }
                }
            }
            throw new ProbeFailure(Phase.DNS, "nodata", host + " has no address");
        } catch (TextParseException e) {
            throw new UnknownHostException(host + " is not a host name");
        } catch (TimeoutException e) {
            throw new ProbeFailure(Phase.DNS, "timeout", "no answer for " + host + " in time");
        } catch (ExecutionException e) {
            throw failure(host, e.getCause());
        } catch (RuntimeException e) {
            throw failure(host, e); // dnsjava's own, as when it can open no selector
        }
    }

    /// Whether a call failed because this process may open nothing more.
    public static boolean noHandles(Throwable e) {
        return String.valueOf(e.getMessage()).contains("Too many open files");
    }

    static ProbeFailure failure(String host, @Nullable Throwable why) {
        for (Throwable cause = why; cause != null; cause = cause.getCause()) {
            if (noHandles(cause)) {
                return new ProbeFailure(
                        Phase.INTERNAL, "no-handles", "no handle left to ask for " + host);
            }
        }
        return switch (why) {
            case org.xbill.DNS.lookup.NoSuchDomainException _ ->
                    new ProbeFailure(Phase.DNS, "nxdomain", host + " does not exist");
            case org.xbill.DNS.lookup.ServerFailedException _ ->
                    new ProbeFailure(Phase.DNS, "servfail", "the name server failed for " + host);
            case LookupFailedException e ->
                    new ProbeFailure(Phase.DNS, "lookup", host + ": " + e.getMessage());
            case null, default -> new ProbeFailure(Phase.DNS, "lookup", host + ": " + why);
        };
    }
}
