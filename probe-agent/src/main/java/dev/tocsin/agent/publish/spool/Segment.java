package dev.tocsin.agent.publish.spool;

import dev.tocsin.service.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// One file of a [Spool]: a magic word, the schema that its records were written with, then records, each its length, its
/// CRC-32C and its bytes. The file's name is the position of its first byte in the spool. Not thread-safe.
final class Segment implements Closeable {
    static final String SUFFIX = ".spool";
    private static final int MAGIC = 0x54435331; // TCS1
    private static final int FRAME = 8;
    private static final int RECORD_CAP = 1 << 20;

    /// What a disk gives or does not give as one.
    private static final int PAGE = 4096;

    /// What stands behind so many is given up.
    private static final int UNREADABLE_AT_MOST = 8;

    private final Path file;
    private final long base;
    private final FileChannel channel;
    private final Disk disk;
    private final Schema schema;
    private final long first;
    private long end;

    /// Pages that the disk did not give. Each is asked for once: a disk that fails may take seconds to say so, and whoever publishes waits meanwhile.
    private final TreeSet<Long> unreadable = new TreeSet<>();

    /// Reads at a position of a file, as a [FileChannel] does.
    interface Disk {
        int read(ByteBuffer into, long at) throws IOException;
    }

    /// A record, where it stands, and the position after it.
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Frame(long at, byte[] bytes, long next) {}

    private Segment(
            Path file, long base, FileChannel channel, Disk disk, Schema schema, long first) {
        this.file = file;
        this.base = base;
        this.channel = channel;
        this.disk = disk;
        this.schema = schema;
        this.first = first;
        end = first;
    }

    /// Written beside its place first: what could not be written whole, as on a full disk, is no segment, and can be tried again.
    ///
    /// @param reads how the file is read
    static Segment create(Path dir, long base, Schema schema, Function<FileChannel, Disk> reads)
            throws IOException {
        var file = dir.resolve("%020d%s".formatted(base, SUFFIX));
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        var json = schema.toString().getBytes(StandardCharsets.UTF_8);
        var header = ByteBuffer.allocate(FRAME + json.length);
        header.putInt(MAGIC).putInt(json.length).put(json).flip();
        var channel =
                PrivateFiles.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            while (header.hasRemaining()) {
                channel.write(header);
            }
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        return new Segment(
                file, base, channel, reads.apply(channel), schema, base + header.capacity());
    }

    /// Opens what an earlier run wrote. What a crash tore off at the end, with nothing whole behind it, is cut away; what the disk does not give
    /// stays, and is counted by who reads it.
    ///
    /// @throws IOException also when even the header is torn or not ours
    static Segment open(Path file) throws IOException {
        var channel = PrivateFiles.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return open(file, channel, channel::read);
    }

    /// @param channel is closed where this throws
    static Segment open(Path file, FileChannel channel, Disk disk) throws IOException {
        try {
            var head = read(disk, 0, FRAME);
            if (head == null || ByteBuffer.wrap(head).getInt() != MAGIC) {
                throw new IOException(file + " is no spool segment");
            }
            var json = read(disk, FRAME, ByteBuffer.wrap(head).getInt(4));
            if (json == null) {
                throw new IOException(file + " is torn in its header");
            }
            long base = Long.parseLong(file.getFileName().toString().replace(SUFFIX, ""));
            var schema = new Schema.Parser().parse(new String(json, StandardCharsets.UTF_8));
            var segment =
                    new Segment(file, base, channel, disk, schema, base + FRAME + json.length);
            segment.end = base + channel.size();
            long good = segment.first;
            for (var frame = segment.next(good); frame != null; frame = segment.next(good)) {
                good = frame.next();
            }
            if (segment.unreadable.isEmpty()) {
                channel.truncate(good - base);
                segment.end = good;
            }
            return segment;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e instanceof IOException io ? io : new IOException(file + ": " + e, e);
        }
    }

    Path file() {
        return file;
    }

    long base() {
        return base;
    }

    /// Of the first record.
    long first() {
        return first;
    }

    long end() {
        return end;
    }

    Schema schema() {
        return schema;
    }

    /// @return the position after it
    long append(byte[] bytes) throws IOException {
        var frame = ByteBuffer.allocate(FRAME + bytes.length);
        frame.putInt(bytes.length).putInt(crc(bytes)).put(bytes).flip();
        long at = end - base;
        while (frame.hasRemaining()) {
            at += channel.write(frame, at);
        }
        end = base + at;
        return end;
    }

    /// The first whole record at or after a position, whatever stands broken before it; null where there is none (yet).
    @Nullable Frame next(long position) throws IOException {
        long start = Math.max(position, first);
        var frame = read(start);
        return frame != null || start >= end ? frame : behind(start);
    }

    /// Behind a bad frame: where its own length leads, or else at the next place where a record is whole.
    private @Nullable Frame behind(long bad) throws IOException {
        var head = bad + FRAME > end ? null : readable(bad - base, FRAME);
        int length = head == null ? 0 : ByteBuffer.wrap(head).getInt();
        var led = plausible(length, bad) ? read(bad + FRAME + length) : null;
        if (led != null) {
            return led;
        }
        var rest = rest(bad);
        for (int i = 1; i + FRAME <= rest.position(); i++) {
            if (plausible(rest.getInt(i), bad + i)) {
                var frame = read(bad + i);
                if (frame != null) {
                    return frame;
                }
            }
        }
        return null;
    }

    /// All from a position, with zeros for the pages that the disk does not give.
    private ByteBuffer rest(long position) throws IOException {
        var rest = ByteBuffer.allocate((int) (end - position));
        while (rest.hasRemaining()) {
            long at = position - base + rest.position();
            int length = Math.min(rest.remaining(), PAGE - (int) (at % PAGE));
            var page = readable(at, length);
            rest.put(page == null ? new byte[length] : page);
        }
        return rest;
    }

    /// Zeros, as a power cut leaves them, are no record.
    private boolean plausible(int length, long position) {
        return length > 0 && length <= RECORD_CAP && position + FRAME + length <= end;
    }

    /// @return null where no whole record stands
    private @Nullable Frame read(long position) throws IOException {
        if (position + FRAME > end) {
            return null;
        }
        var head = readable(position - base, FRAME);
        if (head == null) {
            return null;
        }
        int length = ByteBuffer.wrap(head).getInt();
        int crc = ByteBuffer.wrap(head).getInt(4);
        if (!plausible(length, position)) {
            return null;
        }
        var bytes = readable(position - base + FRAME, length);
        return bytes == null || crc(bytes) != crc
                ? null
                : new Frame(position, bytes, position + FRAME + length);
    }

    /// Whether so much of it could not be read that nobody asks for what is written behind.
    boolean givenUp() {
        return unreadable.size() >= UNREADABLE_AT_MOST;
    }

    void force() throws IOException {
        channel.force(false);
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    /// A sector that cannot be read costs what stands in it, not what stands behind.
    ///
    /// @throws ClosedChannelException when it is not the disk's fault
    private byte @Nullable [] readable(long at, int length) throws ClosedChannelException {
        var all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            long from = at + all.position();
            var part = page(from, Math.min(all.remaining(), PAGE - (int) (from % PAGE)));
            if (part == null) {
                return null;
            }
            all.put(part);
        }
        return all.array();
    }

    /// @param length no more than there is of its page
    private byte @Nullable [] page(long at, int length) throws ClosedChannelException {
        long page = at / PAGE;
        if ((givenUp() && page > unreadable.last()) || unreadable.contains(page)) {
            return null;
        }
        try {
            return read(disk, at, length);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            unreadable.add(page);
            return null;
        }
    }

    private static byte @Nullable [] read(Disk disk, long at, int length) throws IOException {
        if (length < 0 || length > RECORD_CAP) {
            return null;
        }
        var bytes = new byte[length];
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (disk.read(buffer, at + buffer.position()) < 0) {
                return null;
            }
        }
        return bytes;
    }

    private static int crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
