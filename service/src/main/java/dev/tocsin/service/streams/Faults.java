package dev.tocsin.service.streams;

import dev.tocsin.service.Unread;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/// Whose fault it is when a record cannot be worked on, for all who read topics with Streams:
///
/// - what a read throws ([#read]), or our own rules refuse ([#rules]), is the record's: a dead letter;
/// - what Kafka or the registry throw is nobody's that the record knows: it is thrown on, and the record processed again;
/// - anything else is a bug of ours, a stack that overflows among them: that one record is set aside with the stack, and [Bugs] says so.
public final class Faults {
    /// What has been decided so far for a record with which it went wrong.
    ///
    /// @param written whether anything was stored for it
    /// @param run as if the record had never come: heap, stores and what was about to be told
    public record Undo(BooleanSupplier written, Runnable run) {}

    private final Bugs bugs;

    public Faults(Bugs bugs) {
        this.bugs = bugs;
    }

    /// Whatever a read throws, but for what is none of the record's fault, is a [SerializationException].
    public static <T> T read(Supplier<T> reading) {
        return Unread.read(reading);
    }

    /// Follows what may be refused: an [IllegalArgumentException] says why, and is a [SerializationException] here.
    public static void rules(Runnable following) {
        try {
            following.run();
        } catch (IllegalArgumentException e) {
            throw new SerializationException(e.getMessage(), e);
        }
    }

    /// Whether it says that Kafka or the registry is away, and nothing of what was being done.
    public static boolean isAway(RuntimeException e) {
        return e instanceof KafkaException && !(e instanceof SerializationException);
    }

    /// A record may be deep: thrown on, the error would end each thread that meets it.
    private static void run(Runnable work) {
        try {
            work.run();
        } catch (StackOverflowError e) {
            throw new IllegalStateException("the stack overflows", e);
        }
    }

    /// Does what is done for no record. After a bug `undo` runs.
    ///
    /// @param where what it is done for
    /// @param aside told of a bug
    public void contain(String where, Runnable work, Runnable undo, Runnable aside) {
        try {
            run(work);
        } catch (RuntimeException e) {
            if (isAway(e)) {
                throw e;
            }
            aside.run();
            undo.run();
            bugs.found(where, e);
        }
    }

    /// Works on a record. What it throws as [SerializationException] is a dead letter with its message; after anything else that
    /// is set aside, or when something was stored already, `undo` runs first.
    ///
    /// @param aside told of each dead letter
    public void decide(
            ProcessorContext<String, byte[]> task,
            Record<String, byte[]> record,
            String topic,
            Runnable work,
            Undo undo,
            Runnable aside) {
        try {
            run(work);
        } catch (SerializationException e) {
            if (undo.written().getAsBoolean()) {
                undo.run().run();
            }
            aside.run();
            DeadLetters.add(task, record, topic, e);
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException e) {
            undo.run().run();
            bugs.found(topic, e);
            aside.run();
            DeadLetters.addBug(task, record, topic, e);
        }
    }
}
