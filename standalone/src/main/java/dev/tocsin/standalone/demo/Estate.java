package dev.tocsin.standalone.demo;

import dev.tocsin.service.Lifecycle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The provider's services, on loopback: each region reaches each service at an address of its own (127.0.1.1, 127.0.2.1
/// ...), as with a name server that answers by region, so that a service can fail in some regions alone.
final class Estate implements AutoCloseable {
    static final List<String> REGIONS = List.of("us-east", "eu-west", "ap-south");
    static final List<String> SERVICES = List.of("mail", "app-store", "messaging", "calls");

    private static final String PASSWORD = "demo-only";

    private final Lifecycle lifecycle = new Lifecycle();

    /// Service and region, to what can fail there.
    private final Map<String, RegionalService> services = new LinkedHashMap<>();

    private final int smtp = freePort();
    private final int imap = freePort();
    private final int http = freePort();
    private final int tcp = freePort();
    private final int stun = freePort();

    Estate() throws Exception {
        try {
            for (var region : REGIONS) {
                var host = InetAddress.getByName(address(region));
                add("mail", region, new MailService(address(region), smtp, imap, PASSWORD));
                add("app-store", region, new HttpService(new InetSocketAddress(host, http)));
                add("messaging", region, new TcpService(new InetSocketAddress(host, tcp)));
                add("calls", region, new StunService(new InetSocketAddress(host, stun)));
            }
        } catch (Exception e) {
            lifecycle.close();
            throw e;
        }
    }

    private void add(String service, String region, RegionalService what) {
        services.put(service + "@" + region, lifecycle.closing(service + "@" + region, what));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String address(String region) {
        return "127.0." + (REGIONS.indexOf(region) + 1) + ".1";
    }

    /// What a region's agent resolves the services' names to.
    Map<String, String> hosts(String region) {
        var hosts = new LinkedHashMap<String, String>();
        SERVICES.forEach(service -> hosts.put(service + ".demo", address(region)));
        return hosts;
    }

    /// What the agents' environment has to hold.
    Map<String, String> secrets() {
        return Map.of("TOCSIN_SECRET_MAIL", PASSWORD);
    }

    /// The services as a user would write them.
    String config() {
        return """
        defaults:
          interval: 2s
          timeout: 1s
          regions: [%s]
          incident:
            { failure-threshold: 3, success-threshold: 2, partial-for: 5s, recover-for: 6s, reopen-within: 10s, stale-after: 10s }
        services:
          - { id: mail, name: Mail }
          - { id: app-store, name: App store }
          - { id: messaging, name: Messaging }
          - { id: calls, name: Video calls }
        checks:
          - id: mail-submit
            name: Submit mail
            service: mail
            url: smtp://mail.demo:%d
            smtp: { to: %s, starttls: false }
          - id: mail-read-new
            name: Read new messages
            service: mail
            url: imap://mail.demo:%d
            imap: { username: canary, password: "${TOCSIN_SECRET_MAIL}", newer-than: 1m, starttls: false }
          - id: mail-read-old
            name: Read older messages
            service: mail
            url: imap://mail.demo:%d
            imap: { username: canary, password: "${TOCSIN_SECRET_MAIL}", folder: %s, older-than: 90d, starttls: false }
          - id: app-store
            name: App store
            url: http://app-store.demo:%d/
            conditions: ["[STATUS] == 200", "[BODY].status == UP"]
          - id: messaging
            name: Messaging
            url: tcp://messaging.demo:%d
            tcp: { expect: "^ready" }
          - id: calls
            name: Video calls
            url: stun://calls.demo:%d
        """
                .formatted(
                        String.join(", ", REGIONS),
                        smtp,
                        MailService.ADDRESS,
                        imap,
                        imap,
                        MailService.ARCHIVE,
                        http,
                        tcp,
                        stun);
    }

    /// Lets services fail in regions: of mail, older messages alone.
    void fail(List<String> failing, List<String> regions) throws Exception {
        for (var service : failing) {
            for (var region : regions) {
                at(service, region).fail();
            }
        }
    }

    /// Everything works again.
    void heal() throws Exception {
        for (var service : services.values()) {
            service.heal();
        }
    }

    private RegionalService at(String service, String region) {
        return java.util.Objects.requireNonNull(services.get(service + "@" + region));
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
