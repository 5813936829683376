package dev.tocsin.standalone.carry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.service.streams.Place;
import dev.tocsin.service.streams.Place.Everywhere;
import dev.tocsin.service.streams.Place.Nowhere;
import dev.tocsin.service.streams.Place.Undecided;
import dev.tocsin.service.streams.Place.Which;
import dev.tocsin.service.streams.Place.WithKey;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /// Each partition's entries as `key=value`, the value as one number.
    private static String dealt(Shares shares) {
        var all = new TreeMap<Integer, String>();
        shares.dealt()
                .forEach((partition, entries) ->
                        all.put(
                                partition,
                                entries.stream()
                                        .map(one -> one.key() + "=" + (one.value()[0] & 0xff))
                                        .collect(Collectors.joining(","))));
        return all.toString();
    }

    @Test
    void theLatestOfAKeyGoesWhereItBelongsAndWhatWasDeletedNowhere() {
        var shares = new Shares((key, _) -> new WithKey(key), 7);
        shares.read(0, "a", bytes(1), 1);
        shares.read(2, "b", bytes(2), 1);
        shares.read(0, "a", bytes(3), 2);
        shares.read(0, "c", bytes(4), 3);
        shares.read(0, "c", null, 4);
        assertThat(dealt(shares))
                .isEqualTo(
                        new TreeMap<>(
                                        java.util.Map.of(
                                                Place.partition("a", 7), "a=3",
                                                Place.partition("b", 7), "b=2"))
                                .toString());
    }

    @Test
    void ofWhatIsEverywhereTheNewestIsRightOrTheGreatest() {
        var newest = new Shares((_, _) -> new Everywhere(Which.NEWEST), 2);
        newest.read(0, "f", bytes(9), 1);
        newest.read(1, "f", bytes(1), 2);
        newest.read(1, "only", bytes(5), 1);
        assertThat(dealt(newest)).isEqualTo("{0=f=1,only=5, 1=f=1,only=5}");
        var greatest = new Shares((_, _) -> new Everywhere(Which.GREATEST), 2);
        greatest.read(0, "now", bytes(0x80), 1);
        greatest.read(1, "now", bytes(0x7f), 2);
        assertThat(dealt(greatest)).isEqualTo("{0=now=128, 1=now=128}");
    }

    @Test
    void whatIsNotDecidedYetIsCountedAndWhatIsLeftBehindIsNot() {
        var shares =
                new Shares(
                        (key, _) -> key.equals("w") ? new Undecided() : new Nowhere("it is old"),
                        3);
        shares.read(0, "w", bytes(1), 1);
        shares.read(1, "w", bytes(1), 1);
        shares.read(1, "w", null, 2);
        shares.read(2, "o", bytes(1), 1);
        assertThat(shares.undecided()).isEqualTo(1);
        assertThat(shares.dealt()).isEmpty();
    }
}
