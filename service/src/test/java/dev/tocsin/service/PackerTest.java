package dev.tocsin.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is stored is read as it was written, and takes no more bytes than it needs.
class PackerTest {
    private static final byte VERSION = 7;

    private static Unpacker read(Packer packer) {
        return new Unpacker(packer.bytes());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "-1, 1",
        "63, 1",
        "-64, 1",
        "64, 2",
        "-65, 2",
        "8191, 2",
        "8192, 3",
        "1790000000000, 6",
        "9223372036854775807, 10",
        "-9223372036854775808, 10"
    })
    void aNumberTakesTheBytesThatItNeeds(long value, int bytes) {
        var packed = new Packer(VERSION).number(value).bytes();
        assertThat(packed[0]).isEqualTo(VERSION);
        assertThat(packed).hasSize(1 + bytes);
        assertThat(new Unpacker(packed).number()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 190, 191, 192, 193, 1000, 100_000})
    void whatIsLongIsReadWithWhatStandsBehindIt(int length) {
        var text = "é".repeat(length);
        var raw = new byte[length];
        Arrays.fill(raw, (byte) 9);
        var from = read(new Packer(VERSION).text(text).raw(raw).number(5));
        assertThat(from.text()).isEqualTo(text);
        assertThat(from.raw()).isEqualTo(raw);
        assertThat(from.more()).isTrue();
        assertThat(from.number()).isEqualTo(5);
        assertThat(from.more()).isFalse();
    }

    @Test
    void manySmallValuesFitWhereverTheRoomEnds() {
        for (int first = 180; first < 195; first++) {
            var packer = new Packer(VERSION).raw(new byte[first]);
            for (int i = 0; i < 400; i++) {
                packer.number(Long.MAX_VALUE - i);
            }
            var from = read(packer);
            assertThat(from.raw()).hasSize(first);
            for (int i = 0; i < 400; i++) {
                assertThat(from.number()).isEqualTo(Long.MAX_VALUE - i);
            }
        }
    }

    @Test
    void whatIsMissingIsNotEmpty() {
        var at = Instant.parse("2026-11-24T10:20:30.123Z");
        var from =
                read(
                        new Packer(VERSION)
                                .text(null)
                                .text("")
                                .raw(null)
                                .raw(new byte[0])
                                .time(null)
                                .time(at)
                                .time(Instant.EPOCH)
                                .flag(true)
                                .flag(false)
                                .one(List.of("a", "b", "c"), "c")
                                .texts(List.of("x", "", "y"))
                                .texts(List.of())
                                .text("word")
                                .time(at));
        assertThat(from.text()).isNull();
        assertThat(from.text()).isEmpty();
        assertThat(from.raw()).isNull();
        assertThat(from.raw()).isEmpty();
        assertThat(from.time()).isNull();
        assertThat(from.time()).isEqualTo(at);
        assertThat(from.time()).isEqualTo(Instant.EPOCH);
        assertThat(from.flag()).isTrue();
        assertThat(from.flag()).isFalse();
        assertThat(from.one(List.of("a", "b", "c"))).isEqualTo("c");
        assertThat(from.words()).containsExactly("x", "", "y");
        assertThat(from.words()).isEmpty();
        assertThat(from.word()).isEqualTo("word");
        assertThat(from.moment()).isEqualTo(at);
        assertThat(from.more()).isFalse();
    }

    @Test
    void whatIsCutOffIsNeverTakenForWhole() {
        var whole = new Packer(VERSION).raw("0123456789".getBytes(StandardCharsets.UTF_8)).bytes();
        for (int length = 1; length < whole.length; length++) {
            var cut = new Unpacker(Arrays.copyOf(whole, length));
            assertThatThrownBy(cut::raw).isInstanceOf(IndexOutOfBoundsException.class);
            var text = new Unpacker(Arrays.copyOf(whole, length));
            assertThatThrownBy(text::text).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
