package dev.tocsin.agent.probe.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.NoSuchDomainException;

class ResolverTest {
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
