package dev.tocsin.notifier.text;

import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.service.Clip;
import java.util.Comparator;
import java.util.List;

/// How much of each text and of each list a message says. A message that is too large with one is made anew with the next; with the last, each fits.
///
/// @param text characters
/// @param items of a list that is none of checks
/// @param checks that are named
public record Room(int text, int items, int checks) {
    /// DESIGN section 7.
    public static final int BYTES_AT_MOST = 16 * 1024;

    /// An id that was clipped is another's: those that there are have less than this.
    private static final int ID_AT_MOST = 128;

    /// The most first. With the last, 8 ids and 12 texts of what JSON writes as six bytes each, and what is fixed, are 11 kB.
    public static final List<Room> EACH =
            List.of(
                    new Room(1000, 50, 20),
                    new Room(250, 50, 20),
                    new Room(120, 50, 20),
                    new Room(120, 20, 20),
                    new Room(60, 20, 20),
                    new Room(60, 10, 10),
                    new Room(30, 10, 10),
                    new Room(30, 3, 3),
                    new Room(30, 0, 0));

    static final Room ENDLESS = new Room(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    String text(String all) {
        return Clip.to(text, all);
    }

    String id(String all) {
        return Clip.to(Math.max(text, ID_AT_MOST), all);
    }

    /// As many as there may be. Where not all, what fails or is open comes first.
    static <T> List<T> some(List<T> all, int most) {
        return all.size() <= most
                ? all
                : all.stream().sorted(Comparator.comparingInt(Room::rank)).limit(most).toList();
    }

    private static int rank(Object item) {
        return switch (item) {
            case RegionStatus region ->
                    switch (region.getVerdict()) {
                        case FAILING -> 0;
                        case DEGRADED -> 1;
                        case ISOLATED, SILENT, UNKNOWN -> 2;
                        case PASSING -> 3;
                    };
            case OutageChild child -> child.getOpen() ? 0 : 1;
            default -> 0;
        };
    }
}
