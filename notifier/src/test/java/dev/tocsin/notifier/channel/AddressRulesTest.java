package dev.tocsin.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    private static AddressRules allowing(String... networks) {
        return Stream.of(networks).reduce(AddressRules.PUBLIC, AddressRules::allowing, (a, b) -> b);
    }

    private static String refusal(AddressRules rules, String address) {
        return rules.refusal(InetAddress.ofLiteral(address)).orElse("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2000::1",
                "2001:200::1",
                "2606:4700::1111",
                "3fff:1000::1",
                "64:ff9b::1.1.1.1",
                "2002:101:101::1",
                "::1.1.1.1"
            })
    void publicAddressesAreAllowed(String address) {
        assertThat(refusal(AddressRules.PUBLIC, address)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,of this machine",
        "127.255.255.255,of this machine",
        "::1,of this machine",
        "0.0.0.0,unspecified",
        "0.1.2.3,unspecified",
        "::,unspecified",
        "10.0.0.0,private",
        "10.255.255.255,private",
        "172.16.0.0,private",
        "172.31.255.255,private",
        "192.168.0.0,private",
        "192.168.255.255,private",
        "fc00::1,private",
        "fdff:ffff::1,private",
        "fec0::1,private",
        "100.64.0.0,carrier",
        "100.127.255.255,carrier",
        "169.254.0.0,link-local",
        "169.254.255.255,link-local",
        "fe80::1,link-local",
        "febf::1,link-local",
        "224.0.0.1,multicast",
        "239.255.255.255,multicast",
        "ff02::1,multicast",
        "255.255.255.255,broadcast",
        "240.0.0.0,reserved",
        "255.255.255.254,reserved",
        "192.0.0.1,reserved",
        "192.88.99.1,reserved",
        "2001::1,reserved",
        "2001:1ff::1,reserved",
        "100::1,reserved",
        "64:ff9b:1::1,reserved",
        "4000::1,reserved",
        "9000::1,reserved",
        "192.0.2.1,documentation",
        "198.51.100.1,documentation",
        "203.0.113.1,documentation",
        "2001:db8::1,documentation",
        "3fff::1,documentation",
        "198.18.0.1,benchmarks",
        "198.19.255.255,benchmarks",
        "169.254.169.254,metadata",
        "169.254.170.2,metadata",
        "100.100.100.200,metadata",
        "192.0.0.192,metadata",
        "168.63.129.16,metadata",
        "fd00:ec2::254,metadata",
        "fd20:ce::254,metadata"
    })
    void whatIsNotPublicIsRefusedForWhatItIs(String address, String what) {
        assertThat(refusal(AddressRules.PUBLIC, address)).contains(what);
    }

    @ParameterizedTest
    @CsvSource({
        "::127.0.0.1,127.0.0.1",
        "::ffff:0:127.0.0.1,127.0.0.1",
        "64:ff9b::10.1.2.3,10.1.2.3",
        "64:ff9b::a9fe:a9fe,169.254.169.254",
        "2002:a9fe:a9fe::1,169.254.169.254",
        "2002:c0a8:101:1::7,192.168.1.1"
    })
    void whatIsHiddenInIpv6IsJudged(String address, String hidden) {
        var ipv6 = InetAddress.ofLiteral(address);
        assertThat(ipv6.getAddress()).hasSize(16);
        assertThat(AddressRules.PUBLIC.refusal(ipv6).orElse(""))
                .contains(" carries " + hidden + ", which is ")
                .endsWith("as " + hidden + "/32");
        assertThat(allowing("127.0.0.0/8", "10.0.0.0/8", "192.168.0.0/16").refusal(ipv6))
                .matches(refusal -> refusal.isPresent() == hidden.startsWith("169."));
    }

    /// Java makes an IPv4 address of it by itself, but for who insists.
    @Test
    void whatIsMappedIsJudged() throws Exception {
        assertThat(refusal(AddressRules.PUBLIC, "::ffff:10.1.2.3")).startsWith("10.1.2.3 is");
        var bytes = InetAddress.ofLiteral("::10.1.2.3").getAddress();
        bytes[10] = bytes[11] = (byte) 0xff;
        var insisting = java.net.Inet6Address.getByAddress(null, bytes, -1);
        assertThat(insisting.getAddress()).hasSize(16);
        assertThat(AddressRules.PUBLIC.refusal(insisting).orElse("")).contains("carries 10.1.2.3");
    }

    @Test
    void aRefusalSaysWhatWouldAllowTheAddressAndThatDoes() {
        var refusal = refusal(AddressRules.PUBLIC, "10.1.2.3");
        assertThat(refusal)
                .isEqualTo(
                        "10.1.2.3 is private: no webhook goes there unless notify.allow-networks has it, as 10.1.2.3/32");
        var rules = allowing("10.1.2.3/32");
        assertThat(refusal(rules, "10.1.2.3")).isEmpty();
        assertThat(refusal(rules, "10.1.2.4")).isNotEmpty();
        assertThat(refusal(allowing("fd00:1:2::/48"), "fd00:1:2::7")).isEmpty();
        assertThat(refusal(allowing("fd00:1:2::/48"), "fd00:1:3::7")).isNotEmpty();
    }

    @Test
    void whatIsAllowedOpensNoNarrowerRangeInIt() {
        assertThat(refusal(allowing("169.254.0.0/16"), "169.254.1.1")).isEmpty();
        assertThat(refusal(allowing("169.254.0.0/16"), "169.254.169.254")).contains("metadata");
        assertThat(refusal(allowing("169.254.169.254/32"), "169.254.169.254")).isEmpty();
        assertThat(refusal(allowing("fc00::/7"), "fd12::1")).isEmpty();
        assertThat(refusal(allowing("fc00::/7"), "fd00:ec2::254")).contains("metadata");
        assertThat(refusal(allowing("fd00:ec2::254/128"), "fd00:ec2::254")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0,is no network",
        "10/8,is no network",
        "010.0.0.0/8,is no network",
        "intranet/8,is no network",
        "fe80::1%eth0/10,is no network",
        "null,is no network",
        "999.0.0.0/8,is no address",
        "1:2:3/16,is no address",
        "10.0.0.0/33,0 to 32",
        "10.0.0.0/-1,0 to 32",
        "10.0.0.0/08,0 to 32",
        "10.0.0.0/,0 to 32",
        "fc00::/129,0 to 128",
        "10.0.0.1/8,behind the first 8",
        "fc00::1/7,behind the first 7",
        "0.0.0.0/0,not within a range that is refused",
        "::/0,not within a range that is refused",
        "172.0.0.0/8,not within a range that is refused",
        "1.1.1.1/32,not within a range that is refused",
        "64:ff9b::a00:0/104,carries addresses of IPv4"
    })
    void whatCannotBeMeantIsNoNetwork(String network, String why) {
        assertThatThrownBy(() -> allowing(network))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + network + "\"")
                .hasMessageContaining(why);
    }

    @Test
    void ofHostsOnlyThoseAreJudgedThatNeedNoLookUp() {
        assertThat(AddressRules.PUBLIC.refusal("hooks.example.com")).isEmpty();
        assertThat(AddressRules.PUBLIC.refusal("9.9.9.9")).isEmpty();
        assertThat(AddressRules.PUBLIC.refusal("localhost")).isPresent();
        assertThat(AddressRules.PUBLIC.refusal("a.localhost")).isPresent();
        assertThat(AddressRules.PUBLIC.refusal("2130706433").orElse("")).contains("127.0.0.1");
        assertThat(AddressRules.PUBLIC.refusal("::1")).isPresent();
        assertThat(allowing("127.0.0.0/8").refusal("localhost")).isEmpty();
        assertThat(allowing("::1/128").refusal("localhost")).isEmpty();
        assertThat(allowing("10.0.0.0/8").refusal("localhost")).isPresent();
    }
}
