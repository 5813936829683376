package dev.tocsin.agent.publish.spool;

import dev.tocsin.service.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What of a [Spool] is still to be sent: the live end, and older ranges that are filled in beside it. A position counts as
/// sent only when everything before it in its range was acknowledged; what is in doubt after a crash is sent again.
/// Thread-safe.
public final class Progress {
    private final Path file;
    private final Deque<Range> backlog = new ArrayDeque<>();
    private Range live;

    /// Positions from the first up to, not with, the second.
    public record Span(long from, long to) {
        boolean meets(long start, long end) {
            return from < end && start < to;
        }
    }

    /// A stretch of positions. Its `to` moves for the live one alone.
    public static final class Range {
        private final TreeSet<Long> inFlight = new TreeSet<>();
        private long next;
        private long to;

        private Range(long from, long to) {
            next = from;
            this.to = to;
        }

        private long acked() {
            return inFlight.isEmpty() ? next : inFlight.first();
        }

        private boolean done() {
            return acked() >= to;
        }
    }

    /// @param end of the spool: live begins there, everything before is backlog
    public Progress(Path file, long end) throws IOException {
        this.file = file;
        long from = 0;
        // Byte for byte: what no longer reads as text is passed over, and what it said is sent
        // again.
        var lines =
                Files.exists(file)
                        ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                        : "";
        for (var line : lines.lines().toList()) {
            var words = line.split(" ");
            if (words.length == 2 && line.matches("\\d{1,18} \\d{1,18}")) {
                add(Long.parseLong(words[0]), Math.min(end, Long.parseLong(words[1])));
            } else if (line.matches("\\d{1,18}")) {
                from = Long.parseLong(line);
            }
        }
        // Beyond the end are positions of segments that are no more: the spool began anew.
        add(from > end ? 0 : from, end);
        live = new Range(end, end);
    }

    private void add(long from, long to) {
        if (from < to) {
            backlog.add(new Range(from, to));
        }
    }

    /// Where the next live result is looked for.
    public synchronized long live() {
        return live.next;
    }

    /// What is live now has grown too old for it.
    ///
    /// @param end of the spool
    public synchronized void giveUpLive(long end) {
        live.to = end;
        backlog.add(live);
        live = new Range(end, end);
    }

    /// Where the next older result is looked for; null when all is sent.
    public synchronized @Nullable Long backlog() {
        while (!backlog.isEmpty() && backlog.peek().done()) {
            backlog.poll();
        }
        for (var range : backlog) {
            if (range.next < range.to) {
                return range.next;
            }
        }
        return null;
    }

    /// A result is on its way.
    ///
    /// @param from its position, as [#live] or [#backlog] gave it
    /// @param next the position after it
    /// @return to be handed to [#acknowledged]
    public synchronized Range sending(long from, long next) {
        var range = live;
        if (live.next != from) {
            range =
                    backlog.stream()
                            .filter(r -> r.next == from && from < r.to)
                            .findFirst()
                            .orElseThrow(() -> new IllegalStateException("no range at " + from));
        }
        range.inFlight.add(from);
        range.next = next;
        return range;
    }

    public synchronized void acknowledged(Range range, long from) {
        range.inFlight.remove(from);
    }

    /// It could not even be handed over: it is the next one again.
    public synchronized void takeBack(Range range, long from) {
        range.inFlight.remove(from);
        range.next = from;
    }

    /// Nothing stands there any more: the rest of an older range is passed over.
    public synchronized void passOver(long from, long next) {
        for (var range : backlog) {
            if (range.next == from && from < range.to) {
                range.next = Math.min(range.to, Math.max(next, from));
            }
        }
    }

    public synchronized int inFlight() {
        return live.inFlight.size()
                + backlog.stream().mapToInt(range -> range.inFlight.size()).sum();
    }

    /// Before this position everything was sent.
    public synchronized long sent() {
        long sent = live.acked();
        for (var range : backlog) {
            sent = Math.min(sent, range.acked());
        }
        return sent;
    }

    /// What is still needed of the spool; all else was sent, wherever it stands.
    public synchronized List<Span> pending() {
        var spans = new ArrayList<Span>();
        for (var range : backlog) {
            if (!range.done()) {
                spans.add(new Span(range.acked(), range.to));
            }
        }
        spans.add(new Span(live.acked(), Long.MAX_VALUE));
        return spans;
    }

    /// Bytes that are not acknowledged.
    public synchronized long pendingBytes(long end) {
        return end - live.acked() + backlog.stream().mapToLong(r -> r.to - r.acked()).sum();
    }

    /// Writes it down, in one step.
    public synchronized void save() throws IOException {
        var lines = new ArrayList<String>();
        for (var range : backlog) {
            if (!range.done()) {
                lines.add(range.acked() + " " + range.to);
            }
        }
        lines.add(Long.toString(live.acked()));
        PrivateFiles.replace(
                file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
