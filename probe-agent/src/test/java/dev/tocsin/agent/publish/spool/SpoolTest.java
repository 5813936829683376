package dev.tocsin.agent.publish.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.publish.spool.Progress.Span;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.TrustedRecords;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    static {
        TrustedRecords.trust();
    }

    private static final long PLENTY = 1L << 30;

    @TempDir Path dir = Path.of(".");

    static CheckResult result(long sequence) {
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

    private static long bound(Spool spool, long sent) throws IOException {
        return spool.bound(List.of(new Span(sent, Long.MAX_VALUE)), _ -> {});
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
            Files.write(file, Arrays.copyOf(whole, cut));
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
            long lost = bound(spool, sent);
            assertThat(lost).isZero();
            for (int i = 41; i <= 400; i++) {
                spool.append(result(i));
            }
            lost = bound(spool, sent);
            assertThat(lost).isPositive();
            assertThat(spool.bytes()).isLessThanOrEqualTo(24_000);
            var left = all(spool);
            assertThat(left.getLast()).isEqualTo(400);
            assertThat(left.getFirst()).isEqualTo(40 + lost + 1);
        }
    }

    private void fill(int upTo, int segmentBytes) throws IOException {
        try (var spool = new Spool(dir, PLENTY, segmentBytes)) {
            for (int i = 1; i <= upTo; i++) {
                spool.append(result(i));
            }
        }
    }

    /// Whichever bit it is, in a length, a checksum or a record: it costs that record, and is counted.
    @Test
    void aFlippedBitCostsOneResultAndIsCounted() throws IOException {
        fill(300, 1 << 20);
        var file = newest();
        var whole = Files.readAllBytes(file);
        long seed = Long.getLong("seed", 42);
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            var bytes = whole.clone();
            int half = whole.length / 2; // the header is well before
            int at = half + random.nextInt(whole.length / 3);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bytes);
            try (var spool = new Spool(dir, PLENTY)) {
                var left = all(spool);
                assertThat(left).as("seed %d round %d", seed, round).hasSize(299);
                assertThat(left.getLast()).isEqualTo(300);
                assertThat(all(spool)).hasSize(299);
                assertThat(spool.damaged()).as("read twice, told once").isEqualTo(1);
            }
        }
    }

    /// A page of a disk that gives nothing but errors, in the middle or at the end.
    @Test
    void aSectorThatCannotBeReadCostsWhatStandsInIt() throws IOException {
        fill(2000, 1 << 20);
        var file = newest();
        long pages = Files.size(file) / 4096;
        for (long bad : new long[] {pages / 2, pages}) {
            var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Segment.Disk disk =
                    (into, at) -> {
                        if (at / 4096 == bad || (at + into.remaining() - 1) / 4096 == bad) {
                            throw new IOException("Input/output error");
                        }
                        return channel.read(into, at);
                    };
            int whole = 0;
            try (var segment = Segment.open(file, channel, disk)) {
                for (var frame = segment.next(0);
                        frame != null;
                        frame = segment.next(frame.next())) {
                    whole++;
                }
                assertThat(segment.end()).as("nothing is cut away").isEqualTo(Files.size(file));
            }
            assertThat(whole).isBetween(2000 - 2 - 4096 / 38, 1999);
        }
        try (var spool = new Spool(dir, PLENTY)) {
            assertThat(all(spool)).as("it was the disk's bad day").hasSize(2000);
        }
    }

    @Test
    void ofADiskThatIsGoneFewPagesAreAskedForAndTheRestIsGivenUp() throws IOException {
        fill(20_000, 1 << 20);
        var file = newest();
        var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var refused = new AtomicInteger();
        Segment.Disk disk =
                (into, at) -> {
                    if (at >= 16 * 4096) {
                        refused.incrementAndGet(); // it takes seconds to say so
                        throw new IOException("Input/output error");
                    }
                    return channel.read(into, at);
                };
        try (var segment = Segment.open(file, channel, disk)) {
            int whole = 0;
            var frame = segment.next(0);
            while (frame != null) {
                whole++;
                frame = segment.next(frame.next());
            }
            assertThat(whole).isPositive();
            assertThat(segment.next(0)).isNotNull();
            assertThat(segment.next(20 * 4096)).isNull();
            assertThat(segment.end()).as("nothing is cut away").isEqualTo(Files.size(file));
        }
        assertThat(refused.get()).isLessThanOrEqualTo(8);
    }

    @Test
    void whatIsWrittenAfterADiskHasFailedForAWhileIsReadAgain() throws IOException {
        var gone = new AtomicBoolean();
        try (var spool =
                new Spool(
                        dir,
                        PLENTY,
                        1 << 20,
                        channel ->
                                (into, at) -> {
                                    if (gone.get()) {
                                        throw new IOException("Input/output error");
                                    }
                                    return channel.read(into, at);
                                })) {
            for (int i = 1; i <= 2000; i++) {
                spool.append(result(i));
            }
            gone.set(true);
            assertThat(spool.read(0)).isNull();
            gone.set(false);
            spool.append(result(2001));
            assertThat(all(spool)).contains(2001L);
            assertThat(spool.damaged()).isPositive();
        }
    }

    /// As a power cut can leave them: an empty record would have been one of length 0 with the right checksum.
    @Test
    void zerosAreNoRecords() throws IOException {
        fill(100, 1 << 20);
        var file = newest();
        var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 4096));
        try (var spool = new Spool(dir, PLENTY)) {
            assertThat(all(spool)).isEqualTo(upTo(100));
            spool.append(result(101));
            assertThat(all(spool)).isEqualTo(upTo(101));
        }
        Arrays.fill(bytes, bytes.length / 2, bytes.length * 3 / 4, (byte) 0);
        Files.write(file, bytes);
        try (var spool = new Spool(dir, PLENTY)) {
            assertThat(all(spool)).hasSizeBetween(45, 90).contains(1L, 100L, 101L);
            assertThat(spool.damaged()).isEqualTo(1);
        }
    }

    /// A rest of an old absence must not keep all that was sent after it, nor go before it.
    @Test
    void whatWasSentIsLetGoWhereverItStands() throws IOException {
        try (var spool = new Spool(dir, 20_000, 4_000)) {
            var ends = new ArrayList<Long>();
            for (int i = 1; i <= 400; i++) {
                ends.add(spool.append(result(i)));
            }
            assertThat(spool.bytes()).isGreaterThan(20_000);
            var old = new Span(0, ends.get(9));
            var live = new Span(ends.get(389), Long.MAX_VALUE);
            assertThat(spool.bound(List.of(old, live), _ -> {})).isZero();
            assertThat(spool.bytes()).isLessThan(20_000);
            assertThat(all(spool)).containsAll(upTo(10)).contains(391L, 400L);
        }
    }

    @Test
    void whatWasSentOfASegmentThatGoesIsNotCountedAsLost() throws IOException {
        try (var spool = new Spool(dir, 20_000, 4_000)) {
            var ends = new ArrayList<Long>();
            for (int i = 1; i <= 400; i++) {
                ends.add(spool.append(result(i)));
            }
            var lost = new ArrayList<Long>();
            var rest = new Span(ends.get(4), ends.get(9));
            long count =
                    spool.bound(List.of(rest, new Span(ends.get(11), Long.MAX_VALUE)), lost::add);
            assertThat(count).isEqualTo(lost.size()).isPositive();
            assertThat(lost).doesNotContain(ends.get(3), ends.get(9), ends.get(10));
            assertThat(lost).contains(ends.get(4), ends.get(8), ends.get(11));
        }
    }

    @Test
    void aSegmentThatCouldNotBeMadeIsMadeLater() throws IOException {
        try (var spool = new Spool(dir, PLENTY, 500)) {
            for (int i = 1; i <= 10; i++) {
                spool.append(result(i));
            }
            // The next segment cannot be put in its place.
            var next = dir.resolve("%020d.spool".formatted(spool.end()));
            while (Files.notExists(next) && spool.end() - Long.parseLong(name(newest())) <= 500) {
                spool.append(result(0));
                next = dir.resolve("%020d.spool".formatted(spool.end()));
            }
            Files.createDirectories(next.resolve("in the way"));
            assertThatThrownBy(() -> spool.append(result(99))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> spool.append(result(99))).isInstanceOf(IOException.class);
            Files.delete(next.resolve("in the way"));
            Files.delete(next);
            spool.append(result(100));
            assertThat(all(spool)).contains(1L, 10L, 100L).doesNotContain(99L);
        }
    }

    private static String name(Path segment) {
        return segment.getFileName().toString().replace(Segment.SUFFIX, "");
    }

    @Test
    void aSpoolThatIsOnlyReadNeedsNoRoom() throws IOException {
        fill(10, 1 << 20);
        try (var before = Files.list(dir)) {
            long files = before.count();
            try (var spool = new Spool(dir, PLENTY);
                    var after = Files.list(dir)) {
                assertThat(all(spool)).isEqualTo(upTo(10));
                assertThat(after.count()).isEqualTo(files);
            }
        }
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void nobodyElseCanReadIt() throws IOException {
        fill(1, 1 << 20);
        assertThat(rights(dir)).isEqualTo("rwx------");
        assertThat(rights(newest())).isEqualTo("rw-------");
    }
}
