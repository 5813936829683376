package dev.tocsin.notifier.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.notifier.Events;
import dev.tocsin.notifier.mailbox.Begun;
import dev.tocsin.notifier.mailbox.Conversation;
import dev.tocsin.notifier.mailbox.Line;
import dev.tocsin.notifier.mailbox.Notes;
import dev.tocsin.notifier.mailbox.Part;
import dev.tocsin.notifier.mailbox.Parts;
import dev.tocsin.notifier.mailbox.Said;
import dev.tocsin.notifier.mailbox.Telling;
import dev.tocsin.notifier.mailbox.Tries;
import dev.tocsin.notifier.route.Told;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.Scope;
import dev.tocsin.schemas.Severity;
import dev.tocsin.service.Packer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecsTest {
    private static final Instant AT = Instant.parse("2026-11-24T00:00:00.123Z");

    private final MailboxCodec codec = new MailboxCodec(new SchemaStore.Cache());

    private static Conversation conversation(@Nullable IncidentEvent now, @Nullable Said told) {
        return new Conversation(
                "i1",
                "route 1",
                true,
                now,
                3,
                17,
                AT,
                AT.plusSeconds(1),
                true,
                new Telling(
                        told, 2, AT.plusSeconds(2), true, new Notes(List.of("one", "zwei"), 3, 7)),
                new Tries(4, AT.plusSeconds(3), AT.plusSeconds(4), true),
                new Parts(
                        30,
                        12,
                        List.of(
                                new Part("i2", "Shop", IncidentKind.DOWN, true),
                                new Part("i3", "Größe", IncidentKind.PARTIAL, false))));
    }

    private static Said said() {
        return new Said(
                3,
                true,
                true,
                IncidentKind.PARTIAL,
                Severity.ERROR,
                Scope.REGIONAL,
                List.of("eu", "us"),
                true,
                "ann",
                "maintenance:db",
                AT.plusSeconds(9),
                7,
                6);
    }

    @Test
    void aConversationIsReadAsItWasWritten() {
        for (var one :
                List.of(
                        conversation(Events.opened("i1"), said()),
                        conversation(null, said()),
                        conversation(Events.opened("i1"), null))) {
            assertThat(codec.conversation("i1", codec.encode(one))).isEqualTo(one);
        }
    }

    /// As an earlier release wrote it, which did not know all that this one knows.
    @Test
    void whatAnotherBuildWroteIsReadByTheSchemaThatIsKeptBesideIt() throws IOException {
        var now = IncidentEvent.getClassSchema();
        var fewer =
                Schema.createRecord(
                        now.getName(),
                        null,
                        now.getNamespace(),
                        false,
                        now.getFields().stream()
                                .filter(field -> !field.name().equals("reported_by"))
                                .map(field -> new Schema.Field(field, field.schema()))
                                .toList());
        var event = Events.opened("i1");
        var ours = codec.encode(conversation(event, said()));
        var body = encoded(IncidentEvent.getEncoder(), event);
        var generic = new GenericData.Record(fewer);
        fewer.getFields().forEach(field -> generic.put(field.name(), event.get(field.name())));
        var theirs =
                encoded(
                        new BinaryMessageEncoder<GenericData.Record>(
                                event.getSpecificData(), fewer),
                        generic);
        assertThat(theirs.length).isEqualTo(body.length - 1);
        var bytes = new ByteArrayOutputStream();
        int place = indexOf(ours, body);
        bytes.write(ours, 0, place - 2); // the length of the event takes two bytes
        var length = new Packer((byte) 0).number(theirs.length).bytes();
        bytes.write(length, 1, 2);
        bytes.write(theirs);
        int rest = place + body.length;
        bytes.write(ours, rest, ours.length - rest);

        assertThatThrownBy(() -> codec.conversation("i1", bytes.toByteArray()))
                .isInstanceOf(SerializationException.class);
        var kept = new SchemaStore.Cache();
        kept.addSchema(fewer);
        assertThat(new MailboxCodec(kept).conversation("i1", bytes.toByteArray()))
                .isEqualTo(conversation(event, said()));
    }

    private static <T> byte[] encoded(BinaryMessageEncoder<T> encoder, T datum) throws IOException {
        var out = new ByteArrayOutputStream();
        encoder.encode(datum, out);
        return out.toByteArray();
    }

    private static int indexOf(byte[] all, byte[] part) {
        return IntStream.range(0, all.length - part.length)
                .filter(at ->
                        ByteBuffer.wrap(all, at, part.length).mismatch(ByteBuffer.wrap(part)) == -1)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsCutOrOfAnotherBuildIsARecordThatCannotBeRead() {
        var bytes = codec.encode(conversation(null, said()));
        for (int length = 0; length < bytes.length; length++) {
            var cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> codec.conversation("i1", cut))
                    .isInstanceOf(SerializationException.class);
        }
        bytes[0] = 99;
        assertThatThrownBy(() -> codec.conversation("i1", bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("version");
    }

    @Test
    void whatWasBegunIsReadAsItWasWrittenAndWhatIsCutCannotBeRead() {
        var was = conversation(Events.opened("i1"), said());
        for (var begun :
                List.of(
                        new Begun("i1", "m1", 0, 2, 17, null),
                        new Begun("i1", "m1", 2000, 2, 17, was))) {
            var bytes = codec.encode(begun);
            assertThat(codec.begun("i1", bytes)).isEqualTo(begun);
            for (int length = 0; length < bytes.length; length++) {
                var cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> codec.begun("i1", cut))
                        .isInstanceOf(SerializationException.class);
            }
            bytes[0] = 99;
            assertThatThrownBy(() -> codec.begun("i1", bytes))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("version");
        }
    }

    @Test
    void aPartALineAndWhoWasToldAreReadAsTheyWereWritten() {
        var part = new Part("i2", "Shop", IncidentKind.DOWN, true);
        assertThat(MailboxCodec.part(MailboxCodec.encode(part))).isEqualTo(part);
        assertThat(MailboxCodec.part(null)).isNull();
        for (var line :
                List.of(
                        Line.GOOD,
                        new Line(
                                7,
                                AT,
                                AT.plusSeconds(1),
                                "0123456789abcdef",
                                new Line.Raised(AT, 3, List.of("ops", "noc"))))) {
            assertThat(MailboxCodec.line(MailboxCodec.encode(line))).isEqualTo(line);
        }
        var told =
                new Told(
                        List.of("e1", "e2"), AT, 9, true, Map.of("oncall", "route 1", "a/b@c", ""));
        assertThat(ToldCodec.decode(ToldCodec.encode(told))).isEqualTo(told);
    }
}
