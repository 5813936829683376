package dev.tocsin.agent.publish.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    static {
        TrustedRecords.trust();
    }

    private static final long PLENTY = 1L << 30;

    @TempDir Path dir = Path.of(".");

    private static CheckResult result(long sequence) {
        return CheckResult.newBuilder()
                .setCheckId("shop")
                .setConfigVersion("1")
                .setRegion("us")
                .setAgentId("us-1")
                .setBootEpoch(1)
                .setSequence(sequence)
                .setScheduledAt(Instant.EPOCH)
                .setStartedAt(Instant.EPOCH)
                .setDurationUs(1)
                .setOutcome(Outcome.PASS)
                .build();
    }

    private static List<Long> all(Spool spool) throws IOException {
        var found = new ArrayList<Long>();
        for (var entry = spool.read(0); entry != null; entry = spool.read(entry.next())) {
            found.add(entry.result().getSequence());
        }
        return found;
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private Path newest() throws IOException {
        try (var files = Files.list(dir)) {
            return files.filter(f -> f.toString().endsWith(Segment.SUFFIX))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    @Test
    void whatIsAppendedIsReadInOrderOverSegmentsAndRuns() throws IOException {
        for (int run = 0; run < 3; run++) {
            try (var spool = new Spool(dir, PLENTY, 500)) {
                for (int i = 1; i <= 50; i++) {
                    spool.append(result(run * 50L + i));
                }
            }
        }
        try (var spool = new Spool(dir, PLENTY, 500)) {
            assertThat(all(spool)).isEqualTo(upTo(150));
            assertThat(spool.read(spool.end())).isNull();
        }
    }

    /// Whatever byte a crash tears the file at: what was whole before it is there, and the next run goes on.
    @Test
    void aTornEndCostsOnlyWhatWasTorn() throws IOException {
        try (var spool = new Spool(dir, PLENTY)) {
            for (int i = 1; i <= 200; i++) {
                spool.append(result(i));
            }
        }
        var file = newest();
        var whole = Files.readAllBytes(file);
        long seed = Long.getLong("seed", 42);
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            try (var files = Files.list(dir)) {
                for (var each : files.toList()) {
                    Files.delete(each);
                }
            }
            int half = whole.length / 2; // the header is well before
            int cut = half + random.nextInt(whole.length - half);
            Files.write(file, java.util.Arrays.copyOf(whole, cut));
            if (random.nextBoolean()) {
                try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
                    raw.seek(cut - 1L);
                    raw.write(random.nextInt(256)); // or a block that was written only in part
                }
            }
            try (var spool = new Spool(dir, PLENTY)) {
                var before = all(spool);
                assertThat(before).isNotEmpty();
                assertThat(before)
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(upTo(before.size()));
                spool.append(result(before.size() + 1L));
                assertThat(all(spool))
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(upTo(before.size() + 1L));
            }
        }
    }

    @Test
    void aFileThatIsNoSegmentIsSetAside() throws IOException {
        Files.writeString(dir.resolve("00000000000000000000.spool"), "nonsense");
        try (var spool = new Spool(dir, PLENTY)) {
            spool.append(result(1));
            assertThat(all(spool)).containsExactly(1L);
        }
        assertThat(dir.resolve("00000000000000000000.spool.bad")).exists();
    }

    @Test
    void whatWasSentIsLetGoAndWhatIsTooMuchIsLostAndCounted() throws IOException {
        try (var spool = new Spool(dir, 20_000, 4_000)) {
            long sent = 0;
            for (int i = 1; i <= 40; i++) {
                sent = spool.append(result(i));
            }
            long lost = spool.bound(sent);
            assertThat(lost).isZero();
            for (int i = 41; i <= 400; i++) {
                spool.append(result(i));
            }
            lost = spool.bound(sent);
            assertThat(lost).isPositive();
            assertThat(spool.bytes()).isLessThanOrEqualTo(24_000);
            var left = all(spool);
            assertThat(left.getLast()).isEqualTo(400);
            assertThat(left.getFirst()).isEqualTo(40 + lost + 1);
        }
    }
}
