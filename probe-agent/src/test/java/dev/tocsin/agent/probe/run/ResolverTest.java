package dev.tocsin.agent.probe.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;
import org.xbill.DNS.lookup.NoSuchDomainException;

class ResolverTest {
    @TempDir Path dir = Path.of(".");

    /// Name servers that know what they are given; it throws what it is asked in vain.
    private static final class Servers implements org.xbill.DNS.Resolver {
        private final Map<String, Record> records = new HashMap<>();
        private final List<String> asked = new ArrayList<>();
        private boolean silent;

        @Override
        public CompletionStage<Message> sendAsync(Message query, Executor executor) {
            var question = query.getQuestion();
            var what = question.getName() + " " + Type.string(question.getType());
            asked.add(what);
            if (silent) {
                return new CompletableFuture<>();
            }
            var answer = new Message(query.getHeader().getID());
            answer.getHeader().setFlag(Flags.QR);
            answer.addRecord(question, Section.QUESTION);
            if (question.getName().toString().startsWith("nowhere")) {
                answer.getHeader().setRcode(Rcode.NXDOMAIN);
            }
            if (question.getName().toString().startsWith("broken")) {
                answer.getHeader().setRcode(Rcode.SERVFAIL);
            }
            var record = records.get(what);
            if (record != null) {
                answer.addRecord(record, Section.ANSWER);
            }
            return CompletableFuture.completedFuture(answer);
        }

        @Override
        public void setPort(int port) {}

        @Override
        public void setTCP(boolean flag) {}

        @Override
        public void setIgnoreTruncation(boolean flag) {}

        @Override
        public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

        @Override
        public void setTSIGKey(TSIG key) {}

        @Override
        public void setTimeout(Duration timeout) {}
    }

    private final Servers servers = new Servers();

    private InetAddress resolve(String host, Trace trace) throws IOException {
        var file = dir.resolve("hosts");
        Files.writeString(file, "192.0.2.8 here.test\n2001:db8::8 six.test\n");
        var hosts = Map.of("shop", "192.0.2.9", "named", "[::9]");
        return new Resolver(hosts, new HostsFileParser(file), () -> servers)
                .resolve(host, Deadline.after(Duration.ofMillis(500)), trace);
    }

    private String address(String host) throws IOException {
        return resolve(host, new Trace()).getHostAddress();
    }

    private ProbeFailure refused(String host) {
        return catchThrowableOfType(ProbeFailure.class, () -> address(host));
    }

    @Test
    void whatIsGivenWhatIsAnAddressAndTheHostsFileGoFirst() throws IOException {
        var trace = new Trace();
        assertThat(resolve("shop", trace).getHostAddress()).isEqualTo("192.0.2.9");
        assertThat(trace.lines()).singleElement().asString().endsWith("resolved shop to 192.0.2.9");
        assertThat(trace.timings()).containsOnlyKeys("dns");
        assertThat(trace.phase()).isEqualTo(Phase.INTERNAL);
        assertThat(address("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(address("[2001:db8::1]")).isEqualTo("2001:db8:0:0:0:0:0:1");
        assertThat(address("here.test")).isEqualTo("192.0.2.8");
        assertThat(address("six.test")).isEqualTo("2001:db8:0:0:0:0:0:8");
        assertThat(servers.asked).isEmpty();
    }

    @Test
    void elseTheNameServersAreAskedForV4AndThenForV6() throws Exception {
        var both = Name.fromString("both.test.");
        var v4 = InetAddress.getByName("192.0.2.4");
        var v6 = InetAddress.getByName("2001:db8::6");
        servers.records.put("both.test. A", new ARecord(both, DClass.IN, 60, v4));
        servers.records.put("both.test. AAAA", new AAAARecord(both, DClass.IN, 60, v6));
        var six = Name.fromString("onlysix.test.");
        servers.records.put("onlysix.test. AAAA", new AAAARecord(six, DClass.IN, 60, v6));
        assertThat(address("both.test")).isEqualTo("192.0.2.4");
        assertThat(servers.asked).containsExactly("both.test. A");
        assertThat(address("onlysix.test")).isEqualTo("2001:db8:0:0:0:0:0:6");
        assertThat(servers.asked)
                .containsExactly("both.test. A", "onlysix.test. A", "onlysix.test. AAAA");
    }

    @Test
    void whyThereIsNoAddressIsNamed() {
        assertThat(refused("empty.test").code()).isEqualTo("nodata");
        assertThat(refused("nowhere.test").code()).isEqualTo("nxdomain");
        assertThat(refused("broken.test").code()).isEqualTo("servfail");
        servers.silent = true;
        assertThat(refused("silent.test").code()).isEqualTo("timeout");
        assertThat(refused("silent.test").phase()).isEqualTo(Phase.DNS);
        assertThatThrownBy(() -> address("a".repeat(70) + ".test"))
                .isInstanceOf(UnknownHostException.class);
    }

    @Test
    void noHandleLeftToAskWithIsNoFailureOfTheName() {
        var none = new IOException("Too many open files");
        assertThat(Resolver.failure("shop", none).phase()).isEqualTo(Phase.INTERNAL);
        assertThat(Resolver.failure("shop", new IllegalStateException(none)).code())
                .isEqualTo("no-handles");
        assertThat(Resolver.failure("shop", new IOException("refused")).phase())
                .isEqualTo(Phase.DNS);
        assertThat(Resolver.failure("shop", new NoSuchDomainException(Name.root, Type.A)).code())
                .isEqualTo("nxdomain");
    }

    @Test
    void nameServersAreReadAgainEachHalfMinuteOfUse() {
        var read = new AtomicInteger();
        long start = -5;
        var servers = new NameServers(start, read::incrementAndGet);
        for (int second = 0; second < 100; second++) {
            servers.look(start + second * 1_000_000_000L);
        }
        assertThat(read).hasValue(3);
    }
}
