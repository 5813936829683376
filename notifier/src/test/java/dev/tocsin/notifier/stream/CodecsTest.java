package dev.tocsin.notifier.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.notifier.Events;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecsTest {
    private static final Instant AT = Instant.parse("2026-11-24T00:00:00.123Z");

    private final MailboxCodec codec =
            new MailboxCodec(
                    "incidents",
                    (_, event) -> {
                        try {
                            var bytes = IncidentEvent.getEncoder().encode(event);
                            return Arrays.copyOfRange(
                                    bytes.array(), bytes.position(), bytes.limit());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    (_, bytes) -> {
                        try {
                            return IncidentEvent.getDecoder().decode(bytes);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });

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
