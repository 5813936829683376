package dev.tocsin.page.board;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.MaintenanceWindow;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.TrustedRecords;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the page takes from nobody, whoever wrote it.
class RulesTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant NOW = Instant.parse("2026-11-24T10:20:30Z");

    private static MaintenanceWindow window(Instant ends, @Nullable String rrule) {
        return MaintenanceWindow.newBuilder()
                .setWindowId("w")
                .setTitle("Upgrade")
                .setStartsAt(NOW)
                .setEndsAt(ends)
                .setRrule(rrule)
                .build();
    }

    private static IncidentEvent note(@Nullable String publicText) {
        return IncidentEvent.newBuilder()
                .setEventId("e")
                .setIncidentId("i")
                .setSeq(1)
                .setType(IncidentEventType.ANNOTATED)
                .setKey("shop")
                .setName("Shop")
                .setOpen(true)
                .setReason("ana: db-7 is out of disk")
                .setStartedAt(NOW)
                .setOpenedAt(NOW)
                .setAt(NOW)
                .setRecurrence(new Recurrence(1, 1))
                .setDecision(new Decision(1, 1, 1, 0, 1, 1, "DOWN", "1 of 1"))
                .setConfigVersion("v1")
                .setPublicText(publicText)
                .build();
    }

    @Test
    void aWindowThatMakesNoSense() {
        var ends = NOW.plusSeconds(60);
        assertThatCode(() -> Feed.checkWindow("w", window(ends, null))).doesNotThrowAnyException();
        assertThatCode(() -> Feed.checkWindow("w", window(ends, "FREQ=WEEKLY")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Feed.checkWindow("other", window(ends, null)))
                .hasMessage("key other is not that of w");
        assertThatThrownBy(() -> Feed.checkWindow("w", window(NOW, null)))
                .hasMessageContaining("not after its start");
        assertThatThrownBy(() -> Feed.checkWindow("w", window(ends, "FREQ=NEVER")))
                .hasMessageContaining("is no recurrence rule");
    }

    @Test
    void aPublicTextThatLooksLikeAnother() {
        assertThatCode(() -> Feed.checkEvent("shop", note(null))).doesNotThrowAnyException();
        assertThatCode(() -> Feed.checkEvent("shop", note("At it."))).doesNotThrowAnyException();
        assertThatThrownBy(() -> Feed.checkEvent("shop", note("gpj.exe\u202Etxt")))
                .hasMessageContaining("nothing invisible");
        assertThatThrownBy(() -> Feed.checkEvent("mail", note(null)))
                .hasMessage("key mail is not that of shop");
    }
}
