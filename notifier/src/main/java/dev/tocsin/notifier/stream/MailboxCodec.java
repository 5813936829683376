package dev.tocsin.notifier.stream;

import dev.tocsin.notifier.mailbox.Begun;
import dev.tocsin.notifier.mailbox.Conversation;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Notes;
import dev.tocsin.notifier.mailbox.Part;
import dev.tocsin.notifier.mailbox.Parts;
import dev.tocsin.notifier.mailbox.Said;
import dev.tocsin.notifier.mailbox.Telling;
import dev.tocsin.notifier.mailbox.Tries;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.service.Packer;
import dev.tocsin.service.Unpacker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.SchemaStore;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// What a mailbox keeps, as bytes. Kinds and the like are written by name, so that a later release may have more of them.
final class MailboxCodec {
    private static final byte VERSION = 2;

    private final BinaryMessageDecoder<IncidentEvent> events;

    /// @param earlier schemas of other builds that wrote what is kept
    MailboxCodec(SchemaStore earlier) {
        events = IncidentEvent.createDecoder(earlier);
    }

    private static byte @Nullable [] event(@Nullable IncidentEvent event) {
        if (event == null) {
            return null;
        }
        try {
            var out = new ByteArrayOutputStream();
            IncidentEvent.getEncoder().encode(event, out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no I/O
        }
    }

    private @Nullable IncidentEvent event(byte @Nullable [] bytes) {
        try {
            return bytes == null ? null : events.decode(bytes);
        } catch (IOException | AvroRuntimeException e) {
            throw new SerializationException(e);
        }
    }

    byte[] encode(Conversation all) {
        var telling = all.telling();
        var packer =
                new Packer(VERSION)
                        .text(all.reason())
                        .flag(all.own())
                        .raw(event(all.now()))
                        .number(all.time())
                        .number(all.version())
                        .time(all.since())
                        .time(all.heldUntil())
                        .flag(all.old())
                        .flag(telling.told() != null);
        if (telling.told() != null) {
            write(packer, telling.told());
        }
        packer.number(telling.number())
                .time(telling.at())
                .flag(telling.rang())
                .texts(telling.notes().texts())
                .number(telling.notes().left())
                .number(telling.notes().last())
                .number(all.tries().made())
                .time(all.tries().first())
                .time(all.tries().next())
                .flag(all.tries().givenUp())
                .number(all.parts().joined())
                .number(all.parts().open())
                .number(all.parts().named().size());
        all.parts().named().forEach(part -> write(packer, part));
        return packer.bytes();
    }

    /// @throws SerializationException when another build wrote it, or it is cut
    Conversation conversation(String id, byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new SerializationException("not of version " + VERSION);
        }
        try {
            return conversation(id, new Unpacker(bytes));
        } catch (IndexOutOfBoundsException
                | NegativeArraySizeException
                | ArithmeticException
                | NullPointerException e) {
            throw new SerializationException("cut", e);
        }
    }

    private Conversation conversation(String id, Unpacker in) {
        var reason = in.word();
        boolean own = in.flag();
        var now = event(in.raw());
        int time = in.count();
        long version = in.number();
        var since = in.time();
        var heldUntil = in.time();
        boolean old = in.flag();
        var told = in.flag() ? said(in) : null;
        var telling = new Telling(told, in.count(), in.time(), in.flag(), notes(in));
        var tries = new Tries(in.count(), in.time(), in.time(), in.flag());
        int joined = in.count();
        int open = in.count();
        var named = new ArrayList<Part>();
        for (int i = in.count(); i > 0; i--) {
            named.add(part(in));
        }
        return new Conversation(
                id,
                reason,
                own,
                now,
                time,
                version,
                since,
                heldUntil,
                old,
                telling,
                tries,
                new Parts(joined, open, named));
    }

    byte[] encode(Begun begun) {
        return new Packer(VERSION)
                .text(begun.message())
                .number(begun.digestOf())
                .number(begun.number())
                .number(begun.version())
                .raw(begun.was() == null ? null : encode(begun.was()))
                .bytes();
    }

    /// @throws SerializationException when another build wrote it, or it is cut
    Begun begun(String conversation, byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new SerializationException("not of version " + VERSION);
        }
        try {
            var in = new Unpacker(bytes);
            var message = in.word();
            int digestOf = in.count();
            int number = in.count();
            long version = in.number();
            var was = in.raw();
            return new Begun(
                    conversation,
                    message,
                    digestOf,
                    number,
                    version,
                    was == null ? null : conversation(conversation, was));
        } catch (IndexOutOfBoundsException
                | NegativeArraySizeException
                | ArithmeticException
                | NullPointerException e) {
            throw new SerializationException("cut", e);
        }
    }

    private static Notes notes(Unpacker in) {
        return new Notes(in.words(), in.count(), in.number());
    }

    private static void write(Packer packer, Said said) {
        packer.number(said.time())
                .flag(said.open())
                .flag(said.again())
                .text(said.kind().name())
                .text(said.severity().name())
                .text(said.scope().name())
                .texts(said.failing())
                .flag(said.flapping())
                .text(said.acknowledgedBy())
                .text(said.suppressedBy())
                .time(said.snoozedUntil())
                .number(said.parts())
                .number(said.openParts());
    }

    private static Said said(Unpacker in) {
        return new Said(
                in.count(),
                in.flag(),
                in.flag(),
                named(in, List.of(IncidentKind.values()), IncidentKind.UNKNOWN),
                named(in, List.of(Severity.values()), Severity.UNKNOWN),
                named(in, List.of(Scope.values()), Scope.UNKNOWN),
                in.words(),
                in.flag(),
                in.text(),
                in.text(),
                in.time(),
                in.count(),
                in.count());
    }

    private static <E extends Enum<E>> E named(Unpacker in, List<E> all, E otherwise) {
        var name = in.word();
        return all.stream().filter(one -> one.name().equals(name)).findFirst().orElse(otherwise);
    }

    static byte[] encode(Part part) {
        var packer = new Packer(VERSION);
        write(packer, part);
        return packer.bytes();
    }

    static @Nullable Part part(byte @Nullable [] bytes) {
        try {
            return bytes == null || bytes[0] != VERSION ? null : part(new Unpacker(bytes));
        } catch (IndexOutOfBoundsException | ArithmeticException | NullPointerException e) {
            return null; // it joins once more
        }
    }

    private static void write(Packer packer, Part part) {
        packer.text(part.incidentId()).text(part.name()).text(part.kind().name()).flag(part.open());
    }

    private static Part part(Unpacker in) {
        return new Part(
                in.word(),
                in.word(),
                named(in, List.of(IncidentKind.values()), IncidentKind.UNKNOWN),
                in.flag());
    }

    static byte[] encode(Line line) {
        var packer =
                new Packer(VERSION)
                        .number(line.failures())
                        .time(line.failingSince())
                        .time(line.pausedUntil())
                        .text(line.gone())
                        .flag(line.alarm() != null);
        if (line.alarm() != null) {
            packer.time(line.alarm().since()).number(line.alarm().seq()).texts(line.alarm().to());
        }
        return packer.bytes();
    }

    /// Of what cannot be read nothing is known: it is tried as any other.
    static Line line(byte[] bytes) {
        try {
            return bytes[0] == VERSION ? line(new Unpacker(bytes)) : Line.GOOD;
        } catch (IndexOutOfBoundsException | ArithmeticException | NullPointerException e) {
            return Line.GOOD;
        }
    }

    private static Line line(Unpacker in) {
        return new Line(in.count(), in.time(), in.time(), in.text(), in.flag() ? raised(in) : null);
    }

    private static Line.Raised raised(Unpacker in) {
        return new Line.Raised(Objects.requireNonNull(in.time()), in.count(), in.words());
    }
}
