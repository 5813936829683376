package dev.tocsin.page.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.page.board.Feed.Source;
import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import dev.tocsin.service.Unread;
import dev.tocsin.service.progress.Positions;
import dev.tocsin.service.streams.Bugs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeedTest {
    static {
        TrustedRecords.trust();
    }

    private static final byte[] GOOD = {1};
    private static final byte[] BUG = {1, 2};

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Health health = new Health();
    private final Feed.Watch watch =
            new Feed.Watch(
                    health,
                    new Positions(),
                    new Unread(metrics),
                    new Bugs(metrics, "tocsin_page_bugs_total", health));
    private final List<String> taken = new ArrayList<>();
    private final Source<CatalogEntry> source =
            new Source<>(
                    "catalog",
                    true,
                    (_, bytes) -> entry(bytes),
                    Source.key(CatalogEntry::getId),
                    (record, entry) -> {
                        if (entry != null && entry.getName().equals("bug")) {
                            throw new IllegalStateException("nobody thought of that");
                        }
                        taken.add(record.key() + (entry == null ? " is gone" : ""));
                    });

    @SuppressWarnings("NullAway") // a tombstone is null
    private static CatalogEntry entry(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length == 0) {
            throw new SerializationException("torn");
        }
        return CatalogEntry.newBuilder()
                .setKind(CatalogKind.SERVICE)
                .setId("shop")
                .setName(bytes.length == GOOD.length ? "Shop" : "bug")
                .build();
    }

    private void take(@Nullable String key, byte @Nullable [] value) {
        source.take(new ConsumerRecord<>("catalog", 0, 0, key, value), watch);
    }

    @Test
    void whatCannotBeReadOrStandsUnderAnotherKeyIsCountedAndTheRestIsTaken() {
        take("shop", new byte[0]);
        take("mail", GOOD);
        take(null, GOOD);
        take("shop", GOOD);
        take("shop", null);
        assertThat(taken).containsExactly("shop", "shop is gone");
        assertThat(metrics.counter("tocsin_unread_records_total", "topic", "catalog").count())
                .isEqualTo(3);
        assertThat(health.alive()).isTrue();
    }

    @Test
    void aBugIsCountedAndFailsHealthAndTheNextIsTaken() {
        take("shop", BUG);
        take("shop", GOOD);
        assertThat(taken).containsExactly("shop");
        assertThat(metrics.counter("tocsin_page_bugs_total").count()).isEqualTo(1);
        assertThat(health.alive()).isFalse();
    }
}
