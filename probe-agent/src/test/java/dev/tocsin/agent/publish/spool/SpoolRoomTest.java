package dev.tocsin.agent.publish.spool;

import static dev.tocsin.agent.publish.spool.SpoolTest.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.publish.Logged;
import dev.tocsin.agent.publish.OpenFiles;
import dev.tocsin.agent.publish.spool.Progress.Span;
import dev.tocsin.schemas.CheckResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a spool takes of a disk, and what else stands there.
class SpoolRoomTest {
    private static final long PLENTY = 1L << 30;
    private static final List<Span> ALL = List.of(new Span(0, Long.MAX_VALUE));

    @TempDir Path dir = Path.of(".");

    private long onDisk() throws IOException {
        long bytes = 0;
        try (var files = Files.list(dir)) {
            for (var file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private static long fill(Spool spool, int upTo) throws IOException {
        for (int i = 1; i <= upTo; i++) {
            spool.append(result(i));
        }
        return spool.end();
    }

    @Test
    void whatIsLetGoGivesItsRoomBack() throws IOException {
        try (var spool = new Spool(dir, 20_000, 4_000);
                var log = new Logged()) {
            long end = fill(spool, 400);
            assertThat(onDisk()).isEqualTo(spool.bytes()).isGreaterThan(20_000);
            assertThat(spool.bound(ALL, _ -> {})).isPositive();
            assertThat(onDisk()).isEqualTo(spool.bytes()).isLessThanOrEqualTo(20_000);
            assertThat(log.lines("the spool is full")).hasSize(1);
            spool.bound(List.of(new Span(end, Long.MAX_VALUE)), _ -> {});
            assertThat(onDisk()).isEqualTo(spool.bytes()).isLessThan(10_000);
            assertThat(log.lines("the spool is full")).as("what was sent is not lost").hasSize(1);
        }
    }

    @Test
    void aSpoolThatIsJustFullLosesNothing() throws IOException {
        long bytes;
        try (var spool = new Spool(dir, PLENTY, 4_000)) {
            fill(spool, 400);
            bytes = spool.bytes();
        }
        try (var spool = new Spool(dir, bytes, 4_000)) {
            assertThat(spool.bound(ALL, _ -> {})).isZero();
        }
        try (var spool = new Spool(dir, bytes - 1, 4_000)) {
            assertThat(spool.bound(ALL, _ -> {})).isPositive();
        }
    }

    @Test
    void whatIsWrittenToIsNeverLetGo() throws IOException {
        try (var spool = new Spool(dir, 1)) {
            fill(spool, 10);
            assertThat(spool.bound(ALL, _ -> {})).isZero();
            assertThat(spool.bound(List.of(), _ -> {})).isZero();
            spool.append(result(11));
            int left = 0;
            for (var entry = spool.read(0); entry != null; entry = spool.read(entry.next())) {
                left++;
            }
            assertThat(left).isEqualTo(11);
        }
    }

    @Test
    void whatElseStandsInTheFolderIsLeftAsItIs() throws IOException {
        Files.writeString(dir.resolve("progress"), "12\n");
        try (var spool = new Spool(dir, 1, 500)) {
            fill(spool, 100);
            spool.bound(ALL, _ -> {});
        }
        assertThat(dir.resolve("progress")).hasContent("12");
    }

    @Test
    void nothingIsKeptOpenOfWhatIsClosedOrLetGo() throws IOException {
        OpenFiles.assumeKnown();
        try (var spool = new Spool(dir, 1, 4_000)) {
            fill(spool, 400);
            spool.bound(ALL, _ -> {});
            assertThat(OpenFiles.below(dir)).as("what is written to").hasSize(1);
            long next = spool.end();
            while (spool.bytes() <= 4_000 && spool.end() - next < 4_000) {
                spool.append(result(0));
            }
            var inTheWay = dir.resolve("%020d.spool/in the way".formatted(spool.end()));
            Files.createDirectories(inTheWay);
            assertThatThrownBy(() -> spool.append(result(0))).isInstanceOf(IOException.class);
            assertThat(OpenFiles.below(dir)).as("nor what could not be made").hasSize(1);
        }
        assertThat(OpenFiles.below(dir)).isEmpty();
    }

    /// Its checksum is right: it was written so.
    @Test
    void aRecordThatNoResultCanBeReadFromCostsItselfAloneAndIsTold() throws IOException {
        try (var segment =
                Segment.create(dir, 0, CheckResult.getClassSchema(), channel -> channel::read)) {
            segment.append("no result at all".getBytes(StandardCharsets.UTF_8));
        }
        try (var spool = new Spool(dir, PLENTY);
                var log = new Logged()) {
            spool.append(result(2));
            for (int i = 0; i < 2; i++) {
                var entry = spool.read(0);
                assertThat(entry).isNotNull().matches(e -> e.result().getSequence() == 2);
            }
            assertThat(spool.damaged()).isEqualTo(1);
            assertThat(log.lines("the spool is damaged"))
                    .hasSize(1)
                    .allMatch(line -> line.contains("%020d.spool".formatted(0)));
        }
    }
}
