package dev.tocsin.agent.publish.spool;

import dev.tocsin.agent.publish.spool.Progress.Span;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.PrivateFiles;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An append-only log of results in plain Avro, bounded in bytes: when it is full the oldest segment goes and its unsent
/// records are counted as lost. Positions only grow, over restarts too. What was appended survives a kill at once and a
/// power cut after the next [#force]. Thread-safe.
public final class Spool implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final int SEGMENT_BYTES = 8 << 20;

    private final Path dir;
    private final long capBytes;
    private final int segmentBytes;
    private final Function<FileChannel, Segment.Disk> reads;
    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private final SpecificDatumWriter<CheckResult> writer =
            new SpecificDatumWriter<>(
                    CheckResult.getClassSchema(), SpecificData.getForClass(CheckResult.class));

    /// What is appended to; null until the first is: on a full disk the spool of an earlier run can still be sent.
    private @Nullable Segment active;

    private volatile long end;
    private final Set<Long> damagedAt = new HashSet<>();
    private final AtomicLong damaged = new AtomicLong();

    /// One for each schema that a segment was written with.
    private final Map<Schema, SpecificDatumReader<CheckResult>> readers = new HashMap<>();

    /// A result, where it stands, and the position after it.
    public record Entry(long at, CheckResult result, long next) {}

    /// @param capBytes of all segments together
    public Spool(Path dir, long capBytes) throws IOException {
        this(dir, capBytes, SEGMENT_BYTES);
    }

    Spool(Path dir, long capBytes, int segmentBytes) throws IOException {
        this(dir, capBytes, segmentBytes, channel -> channel::read);
    }

    /// @param reads how what this run writes is read again
    Spool(Path dir, long capBytes, int segmentBytes, Function<FileChannel, Segment.Disk> reads)
            throws IOException {
        TrustedRecords.trust();
        this.dir = dir;
        this.capBytes = capBytes;
        this.segmentBytes = segmentBytes;
        this.reads = reads;
        PrivateFiles.directory(dir);
        try (var files = Files.list(dir)) {
            for (var file :
                    files.filter(f -> f.toString().endsWith(Segment.SUFFIX)).sorted().toList()) {
                open(file);
            }
        }
        end = segments.isEmpty() ? 0 : segments.lastEntry().getValue().end();
    }

    private void open(Path file) throws IOException {
        try {
            var segment = Segment.open(file);
            segments.put(segment.base(), segment);
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("why", e.getMessage())
                    .log("a spool segment cannot be read; it is set aside");
            Files.move(
                    file,
                    file.resolveSibling(file.getFileName() + ".bad"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /// Each run has segments of its own: their schema is the one that this build writes.
    private Segment writable() throws IOException {
        var writing = active;
        if (writing == null || writing.givenUp() || writing.end() - writing.base() > segmentBytes) {
            if (writing != null) {
                writing.force();
            }
            writing = Segment.create(dir, end, CheckResult.getClassSchema(), reads);
            segments.put(writing.base(), writing);
            active = writing;
            end = writing.end();
        }
        return writing;
    }

    /// @return the position after it
    public synchronized long append(CheckResult result) throws IOException {
        var bytes = new ByteArrayOutputStream(256);
        writer.write(result, EncoderFactory.get().directBinaryEncoder(bytes, null));
        end = writable().append(bytes.toByteArray());
        notifyAll();
        return end;
    }

    /// The first result at or after a position; null where there is none (yet). What stands broken before it is passed over and counted.
    public synchronized @Nullable Entry read(long position) {
        var at = segments.floorKey(position);
        for (var segment : at == null ? segments.values() : segments.tailMap(at, true).values()) {
            long from = Math.max(position, segment.first());
            while (from < segment.end()) {
                Segment.Frame frame;
                try {
                    frame = segment.next(from);
                } catch (IOException e) {
                    damaged(segment, from, segment.end(), e.toString());
                    break;
                }
                if (frame == null || frame.at() > from) {
                    long until = frame == null ? segment.end() : frame.at();
                    damaged(segment, from, until, "bytes that are no record");
                }
                if (frame == null) {
                    break;
                }
                try {
                    var reader = readers.computeIfAbsent(segment.schema(), Spool::reader);
                    var decoder = DecoderFactory.get().binaryDecoder(frame.bytes(), null);
                    return new Entry(frame.at(), reader.read(null, decoder), frame.next());
                } catch (IOException | RuntimeException e) {
                    damaged(segment, frame.at(), frame.next(), e.toString());
                    from = frame.next();
                }
            }
        }
        return null;
    }

    /// A place that is read twice is told once.
    private void damaged(Segment segment, long from, long until, String why) {
        if (!damagedAt.add(from)) {
            return;
        }
        damaged.incrementAndGet();
        LOG.atError()
                .addKeyValue("file", segment.file())
                .addKeyValue("at", from - segment.base())
                .addKeyValue("bytes", until - from)
                .addKeyValue("why", why)
                .log(
                        "the spool is damaged: one result or more is lost, what stands behind is sent");
    }

    /// Places of the spool that could not be read: at least as many results are lost.
    public long damaged() {
        return damaged.get();
    }

    private static SpecificDatumReader<CheckResult> reader(Schema writer) {
        return new SpecificDatumReader<>(
                writer, CheckResult.getClassSchema(), SpecificData.getForClass(CheckResult.class));
    }

    /// Waits until something is appended, or for so long.
    ///
    /// @param seen the [#end] that the caller knows
    public synchronized void await(long seen, long millis) throws InterruptedException {
        long until = System.nanoTime() + millis * 1_000_000;
        for (long left = millis;
                left > 0 && end() == seen;
                left = (until - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /// Waits for no disk.
    public long end() {
        return end;
    }

    public synchronized long bytes() {
        return segments.values().stream().mapToLong(s -> s.end() - s.base()).sum();
    }

    /// Makes room: first what was sent goes, wherever it stands, then, when that is too little, the oldest.
    ///
    /// @param pending what was not sent
    /// @param lost is told the position of each result that is lost by that
    /// @return how many
    public synchronized long bound(List<Span> pending, LongConsumer lost) throws IOException {
        for (var segment : List.copyOf(segments.values())) {
            if (segment != active
                    && pending.stream().noneMatch(s -> s.meets(segment.first(), segment.end()))) {
                segments.remove(segment.base());
                segment.delete();
            }
        }
        long count = 0;
        while (segments.size() > 1 && bytes() > capBytes) {
            var oldest = segments.pollFirstEntry().getValue();
            count += pendingIn(oldest, pending, lost);
            oldest.delete();
        }
        if (count > 0) {
            LOG.atError()
                    .addKeyValue("results", count)
                    .log("the spool is full: its oldest results are lost");
        }
        return count;
    }

    private static long pendingIn(Segment segment, List<Span> pending, LongConsumer lost) {
        long count = 0;
        try {
            for (var frame = segment.next(segment.first());
                    frame != null;
                    frame = segment.next(frame.next())) {
                long at = frame.at();
                if (pending.stream().anyMatch(s -> s.meets(at, at + 1))) {
                    lost.accept(at);
                    count++;
                }
            }
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", segment.file())
                    .addKeyValue("why", e.toString())
                    .log("a segment that goes cannot be read: more may be lost than is counted");
        }
        return count;
    }

    /// To the disk itself.
    public synchronized void force() throws IOException {
        var writing = active;
        if (writing != null) {
            writing.force();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (Map.Entry<Long, Segment> entry : segments.entrySet()) {
            entry.getValue().force();
            entry.getValue().close();
        }
    }
}
