package dev.tocsin.agent.publish.spool;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.TrustedRecords;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
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
    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private final SpecificDatumWriter<CheckResult> writer =
            new SpecificDatumWriter<>(
                    CheckResult.getClassSchema(), SpecificData.getForClass(CheckResult.class));

    /// One for each schema that a segment was written with.
    private final Map<Schema, SpecificDatumReader<CheckResult>> readers = new HashMap<>();

    /// A result, where it stands, and the position after it.
    public record Entry(long at, CheckResult result, long next) {}

    /// @param capBytes of all segments together
    public Spool(Path dir, long capBytes) throws IOException {
        this(dir, capBytes, SEGMENT_BYTES);
    }

    Spool(Path dir, long capBytes, int segmentBytes) throws IOException {
        TrustedRecords.trust();
        this.dir = dir;
        this.capBytes = capBytes;
        this.segmentBytes = segmentBytes;
        Files.createDirectories(dir);
        try (var files = Files.list(dir)) {
            for (var file :
                    files.filter(f -> f.toString().endsWith(Segment.SUFFIX)).sorted().toList()) {
                open(file);
            }
        }
        // A segment of its own for each run: its schema is the one that this build writes.
        roll();
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

    private void roll() throws IOException {
        var fresh = Segment.create(dir, end(), CheckResult.getClassSchema());
        segments.put(fresh.base(), fresh);
    }

    /// @return the position after it
    public synchronized long append(CheckResult result) throws IOException {
        var bytes = new ByteArrayOutputStream(256);
        writer.write(result, EncoderFactory.get().directBinaryEncoder(bytes, null));
        if (segments.lastEntry().getValue().end() - segments.lastKey() > segmentBytes) {
            force();
            roll();
        }
        long end = segments.lastEntry().getValue().append(bytes.toByteArray());
        notifyAll();
        return end;
    }

    /// The first result at or after a position; null where there is none (yet).
    public synchronized @Nullable Entry read(long position) throws IOException {
        var at = segments.floorEntry(position);
        var from = at == null ? segments.firstEntry() : at;
        for (var segment : segments.tailMap(from.getKey(), true).values()) {
            long start = Math.max(position, segment.first());
            var frame = segment.read(start);
            if (frame != null) {
                var reader = readers.computeIfAbsent(segment.schema(), Spool::reader);
                return new Entry(
                        start,
                        reader.read(null, DecoderFactory.get().binaryDecoder(frame.bytes(), null)),
                        frame.next());
            }
        }
        return null;
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

    public synchronized long end() {
        return segments.isEmpty() ? 0 : segments.lastEntry().getValue().end();
    }

    public synchronized long bytes() {
        return segments.values().stream().mapToLong(s -> s.end() - s.base()).sum();
    }

    /// Lets go of what lies before a position, segment by segment.
    public synchronized void trim(long position) throws IOException {
        while (segments.size() > 1 && segments.firstEntry().getValue().end() <= position) {
            segments.pollFirstEntry().getValue().delete();
        }
    }

    /// Makes room when there is too much.
    ///
    /// @param sent before this position everything was sent
    /// @return how many results are lost by that
    public synchronized long bound(long sent) throws IOException {
        trim(sent);
        long lost = 0;
        while (segments.size() > 1 && bytes() > capBytes) {
            var oldest = segments.pollFirstEntry().getValue();
            for (var frame = oldest.read(Math.max(sent, oldest.first()));
                    frame != null;
                    frame = oldest.read(frame.next())) {
                lost++;
            }
            oldest.delete();
        }
        if (lost > 0) {
            LOG.atError()
                    .addKeyValue("results", lost)
                    .log("the spool is full: its oldest results are lost");
        }
        return lost;
    }

    /// To the disk itself.
    public synchronized void force() throws IOException {
        segments.lastEntry().getValue().force();
    }

    @Override
    public synchronized void close() throws IOException {
        for (Map.Entry<Long, Segment> entry : segments.entrySet()) {
            entry.getValue().force();
            entry.getValue().close();
        }
    }
}
