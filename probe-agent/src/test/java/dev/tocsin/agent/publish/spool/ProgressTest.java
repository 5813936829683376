package dev.tocsin.agent.publish.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.agent.publish.spool.Progress.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
    @TempDir Path dir = Path.of(".");

    private Progress open(long end) throws IOException {
        return new Progress(dir.resolve("progress"), end);
    }

    @Test
    void whatWasNotAcknowledgedIsSentAgainByTheNextRun() throws IOException {
        var first = open(0);
        var a = first.sending(0, 10);
        var b = first.sending(10, 20);
        first.sending(20, 30);
        first.acknowledged(b, 10);
        assertThat(first.sent()).isZero(); // the first of them is in doubt
        first.acknowledged(a, 0);
        assertThat(first.sent()).isEqualTo(20);
        first.save();
        var second = open(30);
        assertThat(second.live()).isEqualTo(30);
        assertThat(second.backlog()).isEqualTo(20);
        second.acknowledged(second.sending(20, 30), 20);
        assertThat(second.backlog()).isNull();
        assertThat(second.sent()).isEqualTo(30);
    }

    @Test
    void withoutAFileEverythingThereIsBacklog() throws IOException {
        assertThat(open(50).backlog()).isZero();
    }

    @Test
    void whatGrewOldIsFilledInBesideWhatIsLive() throws IOException {
        var progress = open(0);
        progress.acknowledged(progress.sending(0, 10), 0);
        progress.giveUpLive(100);
        assertThat(progress.live()).isEqualTo(100);
        assertThat(progress.backlog()).isEqualTo(10);
        progress.acknowledged(progress.sending(100, 110), 100);
        assertThat(progress.sent()).isEqualTo(10);
        progress.save();
        var next = open(110);
        assertThat(next.backlog()).isEqualTo(10);
        next.passOver(10, Long.MAX_VALUE); // lost to the bound of the spool
        assertThat(next.backlog()).isNull();
        assertThat(next.sent()).isEqualTo(110);
    }

    /// The end of one range is the start of the next, while the last of the first is still on its way.
    @Test
    void rangesThatTouchAreNotTakenForOneAnother() throws IOException {
        var progress = open(0);
        progress.giveUpLive(10);
        progress.giveUpLive(20);
        progress.sending(0, 10);
        assertThat(progress.backlog()).isEqualTo(10);
        progress.sending(10, 20);
        assertThat(progress.backlog()).isNull();
        assertThat(progress.inFlight()).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeHandedOverIsTheNextOneAgain() throws IOException {
        var progress = open(0);
        var range = progress.sending(0, 10);
        progress.takeBack(range, 0);
        assertThat(progress.live()).isZero();
        assertThat(progress.inFlight()).isZero();
    }

    @Test
    void whatWasSentBehindARestIsNotNeededAnyMore() throws IOException {
        var progress = open(0);
        progress.acknowledged(progress.sending(0, 10), 0);
        progress.giveUpLive(100);
        progress.acknowledged(progress.sending(100, 110), 100);
        progress.sending(110, 120);
        assertThat(progress.pending())
                .containsExactly(new Span(10, 100), new Span(110, Long.MAX_VALUE));
    }

    @Test
    void aFileThatIsNotItsOwnAnyMoreMeansThatAllIsSentAgain() throws IOException {
        Files.write(dir.resolve("progress"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 10, 13});
        assertThat(open(50).backlog()).isZero();
    }

    @Test
    void allThatIsNotAcknowledgedIsPendingWhereverItStands() throws IOException {
        var progress = open(0);
        assertThat(progress.pendingBytes(100)).isEqualTo(100);
        progress.acknowledged(progress.sending(0, 10), 0);
        progress.giveUpLive(100);
        assertThat(progress.pendingBytes(130)).isEqualTo(90 + 30);
        progress.acknowledged(progress.sending(10, 30), 10);
        progress.acknowledged(progress.sending(100, 105), 100);
        progress.sending(105, 130);
        assertThat(progress.pendingBytes(130)).isEqualTo(70 + 25);
    }

    @Test
    void whatNobodyLooksForCannotBeSent() throws IOException {
        var progress = open(0);
        progress.giveUpLive(100);
        assertThatThrownBy(() -> progress.sending(50, 60))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("50");
    }

    @Test
    void whatIsPassedOverEndsWhereTheNextOneStands() throws IOException {
        var progress = open(100);
        progress.passOver(0, 40);
        assertThat(progress.backlog()).isEqualTo(40);
        progress.passOver(0, 90); // somebody else's
        assertThat(progress.backlog()).isEqualTo(40);
    }
}
