package dev.tocsin.notifier.channel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Where webhooks may go: to public addresses, and to what the operator allows. Who may write a URL into the configuration, or owns a name that is in one,
/// would else have the notifier speak to what only it can reach.
///
/// One rule: the narrowest range that an address is in decides, and what is allowed opens only a range that holds all of it. So `10.0.0.0/8` opens what is
/// private, `0.0.0.0/0` nothing, and a cloud's metadata only its own address.
///
/// @param allowed each within a range that is refused
public record AddressRules(List<Network> allowed) {
    public static final AddressRules PUBLIC = new AddressRules(List.of());

    /// @param what of an address in it, in words
    private record Range(Network network, String what) {}

    /// IANA's registries of special-purpose addresses (RFC 6890 and what has changed it since), and where clouds give out credentials. The narrowest first.
    private static final List<Range> REFUSED =
            Stream.of(
                            ranges("of this machine (loopback)", "127.0.0.0/8", "::1/128"),
                            ranges("unspecified", "0.0.0.0/8", "::/128"),
                            ranges("private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
                            ranges("private", "fc00::/7", "fec0::/10"),
                            ranges("of a carrier's NAT", "100.64.0.0/10"),
                            ranges("link-local", "169.254.0.0/16", "fe80::/10"),
                            ranges("multicast", "224.0.0.0/4", "ff00::/8"),
                            ranges("broadcast", "255.255.255.255/32"),
                            ranges("for documentation", "192.0.2.0/24", "198.51.100.0/24"),
                            ranges("for documentation", "203.0.113.0/24"),
                            ranges("for documentation", "2001:db8::/32", "3fff::/20"),
                            ranges("for benchmarks", "198.18.0.0/15"),
                            ranges("reserved", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4"),
                            // IPv6 gives out 2000::/3 alone; of it, 2001::/23 holds Teredo and
                            // other protocols' own.
                            ranges("reserved", "::/3", "4000::/2", "8000::/1", "2001::/23"),
                            ranges("a cloud's metadata", "169.254.169.254/32", "fd00:ec2::/32"),
                            ranges("a cloud's metadata", "169.254.170.2/32", "169.254.170.23/32"),
                            ranges("a cloud's metadata", "100.100.100.200/32", "192.0.0.192/32"),
                            ranges("a cloud's metadata", "168.63.129.16/32", "fd20:ce::254/128"))
                    .flatMap(List::stream)
                    .sorted(Comparator.comparingInt(range -> -range.network().bits()))
                    .toList();

    /// How IPv6 addresses begin that carry one of IPv4, in hex, and at which byte it is: mapped, compatible (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052)
    /// and 6to4 (RFC 3056).
    private static final Map<String, Integer> CARRIERS =
            Map.of(
                    "00000000000000000000ffff", 12,
                    "000000000000000000000000", 12,
                    "0000000000000000ffff0000", 12,
                    "0064ff9b0000000000000000", 12,
                    "2002", 2);

    public AddressRules {
        allowed = List.copyOf(allowed);
    }

    private static List<Range> ranges(String what, String... networks) {
        return Stream.of(networks).map(network -> new Range(Network.parse(network), what)).toList();
    }

    /// These, and what is in a network beside.
    ///
    /// @param network as `10.0.0.0/8`
    /// @throws IllegalArgumentException saying what is wrong with it, or that nothing there is refused
    public AddressRules allowing(String network) {
        var added = Network.parse(network);
        if (REFUSED.stream().noneMatch(range -> range.network().contains(added))) {
            throw new IllegalArgumentException(
                    "\"%s\" is not within a range that is refused: name the network that you mean, as 10.0.0.0/8"
                            .formatted(network));
        }
        if (!carried(added.first()).equals(added.first())) {
            throw new IllegalArgumentException(
                    "\"%s\" carries addresses of IPv4: name the network of those"
                            .formatted(network));
        }
        return new AddressRules(Stream.concat(allowed.stream(), Stream.of(added)).toList());
    }

    /// Why nothing goes to an address, and what would allow it; empty where it may. What an IPv6 address carries of IPv4 is judged in its place.
    public Optional<String> refusal(InetAddress address) {
        var judged = carried(address);
        return REFUSED.stream()
                .filter(range -> range.network().contains(judged))
                .findFirst()
                .filter(range -> allowed.stream().noneMatch(open -> opens(open, range, judged)))
                .map(range ->
                        "%s is %s: no webhook goes there unless notify.allow-networks has it, as %s"
                                .formatted(
                                        address.equals(judged)
                                                ? judged.getHostAddress()
                                                : address.getHostAddress()
                                                        + " carries "
                                                        + judged.getHostAddress()
                                                        + ", which",
                                        range.what(),
                                        new Network(
                                                judged, judged.getAddress().length * Byte.SIZE)));
    }

    private static boolean opens(Network open, Range range, InetAddress address) {
        return open.contains(address) && range.network().contains(open);
    }

    /// Why nothing can ever go to a host that has its addresses in its name, or is `localhost`; empty for any other, which has to be looked up.
    public Optional<String> refusal(String host) {
        var refusals = known(host).map(this::refusal).toList();
        return refusals.stream().allMatch(Optional::isPresent)
                ? refusals.stream().flatMap(Optional::stream).findFirst()
                : Optional.empty();
    }

    private static Stream<InetAddress> known(String host) {
        if (host.equals("localhost") || host.endsWith(".localhost")) { // RFC 6761, 6.3
            return Stream.of("127.0.0.1", "::1").map(InetAddress::ofLiteral);
        }
        try {
            return Stream.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }

    private static InetAddress carried(InetAddress address) {
        var bytes = address.getAddress();
        var hex = HexFormat.of().formatHex(bytes);
        if (bytes.length == 4 || hex.matches("0{31}[01]")) { // :: and ::1 are themselves
            return address;
        }
        return CARRIERS.entrySet().stream()
                .filter(carrier -> hex.startsWith(carrier.getKey()))
                .map(carrier -> ipv4(bytes, carrier.getValue()))
                .findFirst()
                .orElse(address);
    }

    private static InetAddress ipv4(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // four bytes are an address
        }
    }
}
