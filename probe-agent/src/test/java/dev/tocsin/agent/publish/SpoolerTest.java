package dev.tocsin.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.publish.spool.Progress;
import dev.tocsin.agent.publish.spool.Spool;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Turn by turn. A disk that takes nothing is a folder that is elsewhere: no new segment can be made in it.
@Timeout(60)
class SpoolerTest {
    static {
        TrustedRecords.trust();
    }

    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir Path top = Path.of(".");

    private long nanos = Duration.ofDays(3).toNanos();

    private final class Run implements AutoCloseable {
        final BlockingDeque<CheckResult> queue = new LinkedBlockingDeque<>();
        final Tally tally = new Tally();
        final Health health = new Health();
        final Bypass bypass = new Bypass(tally);
        final Spool spool;
        final Progress progress;
        final Spooler spooler;

        Run(long spoolBytes) throws IOException {
            spool = new Spool(dir(), spoolBytes);
            progress = new Progress(progressFile(), spool.end());
            spooler = new Spooler(queue, spool, progress, bypass, tally, health, () -> nanos);
        }

        /// Taken up at once.
        void publish(CheckResult... results) throws InterruptedException {
            for (var result : results) {
                tally.taken.incrementAndGet();
                queue.add(result);
                assertThat(spooler.turn(0)).isTrue();
            }
        }

        void idle() throws InterruptedException {
            assertThat(spooler.turn(0)).isFalse();
        }

        @Nullable String why() {
            return health.why("spool");
        }

        @Override
        public void close() throws IOException {
            spool.close();
        }
    }

    private Run run() throws IOException {
        return new Run(1 << 30);
    }

    private Path dir() {
        return top.resolve("spool");
    }

    private Path away() {
        return top.resolve("away");
    }

    private Path progressFile() {
        return top.resolve("progress");
    }

    private void diskGoes() throws IOException {
        Files.move(dir(), away());
    }

    private void diskComes() throws IOException {
        Files.move(away(), dir());
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static CheckResult.Builder made(long sequence) {
        return Results.made(sequence, Instant.EPOCH);
    }

    private static CheckResult result(long sequence) {
        return made(sequence).build();
    }

    /// Put there directly: of what goes through the queue thousands would be needed to fill a segment.
    private static void appendLarge(Run run, long sequence) throws IOException {
        run.tally.taken.incrementAndGet();
        run.spool.append(made(sequence).setAttributes(Map.of("a", "x".repeat(900_000))).build());
    }

    private static List<Long> onDisk(Run run) {
        var found = new ArrayList<Long>();
        for (var entry = run.spool.read(0); entry != null; entry = run.spool.read(entry.next())) {
            found.add(entry.result().getSequence());
        }
        return found;
    }

    private static List<Long> past(Run run) {
        var found = new ArrayList<Long>();
        for (var result = run.bypass.poll(); result != null; result = run.bypass.poll()) {
            found.add(result.getSequence());
        }
        return found;
    }

    private static CheckResult broken() {
        var broken = result(1);
        broken.put("check_id", null);
        return broken;
    }

    @Test
    void aResultThatABugMeetsIsCountedAndHoldsUpNoneBehindIt() throws Exception {
        try (var run = run()) {
            run.tally.taken.addAndGet(2);
            run.queue.add(broken());
            assertThatThrownBy(() -> run.spooler.turn(0)).isInstanceOf(RuntimeException.class);
            run.bypass.add(broken());
            pass(Duration.ofMinutes(1));
            assertThatThrownBy(() -> run.spooler.turn(0)).isInstanceOf(RuntimeException.class);
            run.publish(result(2));
            assertThat(onDisk(run)).containsExactly(2L);
            assertThat(run.bypass.isEmpty()).isTrue();
            assertThat(run.tally.lost).hasValue(2);
            assertThat(run.tally.taken).hasValue(1);
        }
    }

    @Test
    void whatIsPublishedGoesToTheDiskInOrder() throws Exception {
        try (var run = run()) {
            run.publish(result(1), result(2), result(3));
            run.idle();
            assertThat(onDisk(run)).containsExactly(1L, 2L, 3L);
            assertThat(run.bypass.isEmpty()).isTrue();
        }
    }

    @Test
    void onceASecondWhatWasSentIsWrittenDown() throws Exception {
        try (var run = run()) {
            pass(Duration.ofNanos(999_999_999));
            run.idle();
            assertThat(progressFile()).doesNotExist();
            pass(Duration.ofNanos(1));
            run.idle();
            assertThat(progressFile()).exists();
            Files.delete(progressFile());
            pass(Duration.ofNanos(999_999_999));
            run.publish(result(1));
            assertThat(progressFile()).doesNotExist();
            pass(Duration.ofNanos(1));
            run.publish(result(2));
            assertThat(progressFile()).exists();
        }
    }

    /// A disk that has failed is not asked for every result: it may take seconds to say so.
    @Test
    void pastADiskThatTakesNothingResultsGoForHalfASecondEach() throws Exception {
        try (var run = run();
                var log = new Logged()) {
            diskGoes();
            run.publish(result(1), result(2));
            assertThat(run.why()).startsWith("the disk: ").contains("NoSuchFile");
            diskComes();
            pass(Duration.ofNanos(499_999_999));
            run.publish(result(3));
            assertThat(onDisk(run)).isEmpty();
            pass(Duration.ofNanos(1));
            run.publish(result(4));
            assertThat(onDisk(run)).containsExactly(4L);
            assertThat(past(run)).containsExactly(1L, 2L, 3L);
            assertThat(log.lines("takes no results")).hasSize(1);
        }
    }

    @Test
    void whatWentPastTheDiskAndWaitsIsPutOnItAsSoonAsItTakesIt() throws Exception {
        try (var run = run();
                var log = new Logged()) {
            diskGoes();
            run.publish(result(1), result(2));
            pass(SECOND);
            run.idle();
            pass(SECOND);
            run.idle();
            assertThat(run.why()).as("still").startsWith("the disk: ");
            assertThat(log.lines("takes no results")).as("told when it begins").hasSize(1);
            assertThat(log.lines("takes results again")).isEmpty();
            assertThat(run.bypass.size()).isEqualTo(2);
            run.publish(result(3));
            diskComes();
            pass(SECOND);
            run.idle();
            assertThat(onDisk(run)).containsExactly(1L, 2L, 3L);
            assertThat(run.bypass.isEmpty()).isTrue();
            assertThat(run.why()).isNull();
            pass(SECOND);
            run.idle();
            assertThat(log.lines("takes results again")).as("told when it ends").hasSize(1);
            assertThat(run.tally.lost).hasValue(0);
        }
    }

    @Test
    void whenThereIsNoRoomForOneTheOrderStays() throws Exception {
        try (var run = run()) {
            run.bypass.add(result(1));
            run.bypass.add(result(2));
            diskGoes();
            pass(SECOND);
            run.idle();
            assertThat(run.why()).startsWith("the disk: ");
            assertThat(past(run)).containsExactly(1L, 2L);
        }
    }

    @Test
    void whatIsSentAndCannotBeWrittenDownIsTold() throws Exception {
        try (var run = run()) {
            Files.createDirectories(progressFile().resolve("in the way"));
            run.bypass.add(result(1));
            pass(SECOND);
            run.idle();
            assertThat(run.why()).startsWith("the disk: ");
            assertThat(run.bypass.size()).as("it is not well yet").isEqualTo(1);
        }
    }

    @Test
    void roomThatCannotBeMadeIsToldAndKeepsNothingElseFromBeingDone() throws Exception {
        try (var earlier = run()) {
            earlier.publish(result(1));
        }
        try (var run = run()) {
            var backlog = run.progress.backlog();
            run.progress.passOver(backlog == null ? -1 : backlog, Long.MAX_VALUE);
            Path segment;
            try (var files = Files.list(dir())) {
                segment = files.findFirst().orElseThrow();
            }
            Files.delete(segment);
            Files.createDirectories(segment.resolve("in the way"));
            pass(SECOND);
            run.idle();
            assertThat(run.why()).startsWith("the disk: ");
            assertThat(progressFile()).exists();
        }
    }

    @Test
    void whatTheBoundOfTheSpoolCostsIsCountedForTheRunThatTookIt() throws Exception {
        try (var earlier = run()) {
            earlier.publish(result(1), result(2));
        }
        try (var run = new Run(1)) {
            for (int i = 3; i <= 13; i++) {
                appendLarge(run, i);
            }
            pass(SECOND);
            run.idle();
            long left = onDisk(run).size();
            assertThat(left).as("what is written to is not let go").isBetween(1L, 10L);
            assertThat(run.tally.lost).hasValue(13 - left);
            assertThat(run.tally.taken).as("two were of the run before").hasValue(left);
            assertThat(run.why()).isNull();
        }
    }

    @Test
    void eachPlaceThatIsDamagedIsCountedOnce() throws Exception {
        try (var earlier = run()) {
            earlier.publish(result(1), result(2), result(3));
        }
        try (var files = Files.list(dir())) {
            var segment = files.findFirst().orElseThrow();
            var bytes = Files.readAllBytes(segment);
            bytes[bytes.length - 60] ^= 1; // in the second of three
            Files.write(segment, bytes);
        }
        try (var run = run()) {
            assertThat(onDisk(run)).hasSize(2);
            for (int i = 0; i < 3; i++) {
                pass(SECOND);
                run.idle();
                assertThat(run.tally.lost).hasValue(1);
            }
        }
    }

    @Test
    void whatSaysTooMuchIsCutBeforeTheDiskAndPastItAndIsCounted() throws Exception {
        try (var run = run()) {
            run.publish(result(1), made(2).setAddress("1".repeat(2 << 20)).build(), result(3));
            assertThat(run.tally.clipped).hasValue(1);
            assertThat(onDisk(run)).containsExactly(1L, 2L, 3L);
        }
        try (var run = run()) {
            diskGoes();
            run.publish(made(4).setAddress("1".repeat(300)).build());
            assertThat(run.tally.clipped).hasValue(1);
            var past = run.bypass.poll();
            assertThat(past).isNotNull().matches(result -> result.getAddress().length() == 200);
        }
    }
}
