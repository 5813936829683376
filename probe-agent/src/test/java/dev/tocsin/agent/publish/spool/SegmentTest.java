package dev.tocsin.agent.publish.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A segment as it stands somewhere in a spool, not at its start.
class SegmentTest {
    private static final long BASE = 70_000;
    private static final int FRAME = 8;
    private static final Schema TEXT = Schema.create(Schema.Type.STRING);

    @TempDir Path dir = Path.of(".");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// @return where each of them stands, in the spool
    private List<Long> write(byte[]... records) throws IOException {
        var at = new ArrayList<Long>();
        try (var segment = Segment.create(dir, BASE, TEXT, channel -> channel::read)) {
            for (var record : records) {
                at.add(segment.end());
                segment.append(record);
            }
        }
        return at;
    }

    private Path file() {
        return dir.resolve("%020d.spool".formatted(BASE));
    }

    private void overwrite(long position, int with) throws IOException {
        try (var raw = new RandomAccessFile(file().toFile(), "rw")) {
            raw.seek(position - BASE);
            raw.write(with);
        }
    }

    private static List<String> all(Segment segment) throws IOException {
        var found = new ArrayList<String>();
        for (var frame = segment.next(0); frame != null; frame = segment.next(frame.next())) {
            found.add(new String(frame.bytes(), StandardCharsets.UTF_8));
        }
        return found;
    }

    private static byte[] frame(byte[] content) {
        var crc = new CRC32C();
        crc.update(content);
        return ByteBuffer.allocate(FRAME + content.length)
                .putInt(content.length)
                .putInt((int) crc.getValue())
                .put(content)
                .array();
    }

    /// As of a target that answers with a piece of a spool.
    @Test
    void whatStandsInADamagedRecordIsNotTakenForOne() throws IOException {
        var around = ByteBuffer.allocate(100).put(bytes("around")).put(frame(bytes("inside")));
        var at = write(bytes("first"), around.array(), bytes("last"));
        overwrite(at.get(1) + FRAME, 'A');
        try (var segment = Segment.open(file())) {
            assertThat(all(segment)).containsExactly("first", "last");
        }
    }

    @Test
    void behindALengthThatIsDamagedTheNextWholeRecordIsFound() throws IOException {
        var at = write(bytes("first"), bytes("second"), bytes("third"));
        overwrite(at.getFirst() + 1, 0x7f);
        try (var segment = Segment.open(file())) {
            assertThat(all(segment)).containsExactly("second", "third");
        }
    }

    @Test
    void theLargestRecordIsReadAndALengthBeyondItIsNone() throws IOException {
        var largest = "x".repeat(1 << 20);
        write(bytes(largest), bytes(largest + "x"), bytes("last"));
        try (var segment = Segment.open(file())) {
            assertThat(all(segment)).containsExactly(largest, "last");
        }
    }

    @Test
    void whatATearLeftIsCutOffTheFile() throws IOException {
        var at = write(bytes("first"), bytes("second"));
        try (var raw = new RandomAccessFile(file().toFile(), "rw")) {
            raw.setLength(at.get(1) + 9 - BASE);
        }
        try (var segment = Segment.open(file())) {
            assertThat(segment.end()).isEqualTo(at.get(1));
            assertThat(Files.size(file())).isEqualTo(segment.end() - BASE);
            assertThat(all(segment)).containsExactly("first");
        }
    }

    @Test
    void aDiskMayGiveAFewBytesAtATime() throws IOException {
        write(bytes("first"), bytes("second"));
        var channel = FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        Segment.Disk few =
                (into, at) -> {
                    var part = ByteBuffer.allocate(Math.min(3, into.remaining()));
                    int read = channel.read(part, at);
                    into.put(part.flip());
                    return read;
                };
        try (var segment = Segment.open(file(), channel, few)) {
            assertThat(all(segment)).containsExactly("first", "second");
        }
    }

    /// It may take seconds to fail.
    @Test
    void aPageThatCannotBeReadIsAskedForOnce() throws IOException {
        var records = new byte[200][];
        for (int i = 0; i < records.length; i++) {
            records[i] = bytes("%050d".formatted(i));
        }
        write(records);
        var channel = FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        var refused = new AtomicInteger();
        Segment.Disk disk =
                (into, at) -> {
                    if (at / 4096 == 1) {
                        refused.incrementAndGet();
                        throw new IOException("Input/output error");
                    }
                    return channel.read(into, at);
                };
        try (var segment = Segment.open(file(), channel, disk)) {
            for (long at = segment.first(); at < segment.end(); at += 10) {
                segment.next(at);
            }
            assertThat(all(segment)).contains("%050d".formatted(0), "%050d".formatted(199));
        }
        assertThat(refused).hasValue(1);
    }

    @Test
    void whatIsNoSegmentIsToldWithItsNameAndIsNotKeptOpen() throws IOException {
        write(bytes("first"));
        var whole = Files.readAllBytes(file());
        var schema = whole.clone();
        schema[FRAME] = '!';
        var magic = whole.clone();
        magic[0] = '!';
        var length = whole.clone();
        length[FRAME - 1] = (byte) 255;
        for (var broken : List.of(schema, magic, length, new byte[3])) {
            Files.write(file(), broken);
            var channel =
                    FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
            assertThatThrownBy(() -> Segment.open(file(), channel, channel::read))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file().toString());
            assertThat(channel.isOpen()).isFalse();
        }
        var unnumbered = dir.resolve("copy.spool");
        Files.write(unnumbered, whole);
        assertThatThrownBy(() -> Segment.open(unnumbered))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("copy.spool");
    }

    /// What is kept open keeps its room on the disk.
    @Test
    void whatIsLetGoIsClosedAndGone() throws IOException {
        var channel = new AtomicReference<@Nullable FileChannel>();
        var segment =
                Segment.create(
                        dir,
                        BASE,
                        TEXT,
                        made -> {
                            channel.set(made);
                            return made::read;
                        });
        assertThat(channel.get()).matches(c -> c != null && c.isOpen());
        segment.delete();
        assertThat(channel.get()).matches(c -> c != null && !c.isOpen());
        assertThat(file()).doesNotExist();
    }
}
