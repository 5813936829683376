package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Makes an event no larger than any record may be (DESIGN section 4): what regions say of their failures goes first, then the children's
/// labels, then long names, then half of what is named after the other. The counts stay.
public final class Fitting {
    /// Of 64 kB, with room for the key and the headers.
    static final int AT_MOST = 60_000;

    private static final int SHORT = 60;

    /// Whatever is said of so many, it fits.
    private static final int FEW_REGIONS = 20;

    private Fitting() {}

    public static IncidentEvent fit(IncidentEvent event) {
        boolean few = event.getRegions().size() <= FEW_REGIONS && event.getChildren().isEmpty();
        if (few || fits(event)) {
            return event;
        }
        var fitting = IncidentEvent.newBuilder(event);
        fitting.setRegions(event.getRegions().stream().map(Fitting::bare).toList());
        if (!fits(fitting)) {
            fitting.setChildren(
                    event.getChildren().stream()
                            .map(child -> with(child, child.getName()))
                            .toList());
        }
        if (!fits(fitting)) {
            fitting.setChildren(
                    event.getChildren().stream()
                            .map(child -> with(child, Clip.to(SHORT, child.getName())))
                            .toList());
            fitting.setServices(
                    event.getServices().stream().map(name -> Clip.to(SHORT, name)).toList());
        }
        while (!fits(fitting) && !fitting.getChildren().isEmpty()) {
            fitting.setChildren(half(fitting.getChildren()));
        }
        while (!fits(fitting) && !fitting.getRegions().isEmpty()) {
            fitting.setRegions(half(worstFirst(fitting.getRegions())));
        }
        return fitting.build();
    }

    private static RegionStatus bare(RegionStatus region) {
        return RegionStatus.newBuilder(region).setFailure(null).build();
    }

    private static OutageChild with(OutageChild child, String name) {
        return OutageChild.newBuilder(child).setName(name).setLabels(Map.of()).build();
    }

    /// Where it fails is what counts.
    private static List<RegionStatus> worstFirst(List<RegionStatus> regions) {
        return regions.stream()
                .sorted(
                        Comparator.comparing(
                                region -> region.getVerdict() == RegionVerdict.PASSING))
                .toList();
    }

    private static <T> List<T> half(List<T> all) {
        return List.copyOf(all.subList(0, all.size() / 2));
    }

    private static boolean fits(IncidentEvent.Builder event) {
        return fits(event.build());
    }

    private static boolean fits(IncidentEvent event) {
        try {
            return event.toByteBuffer().remaining() <= AT_MOST;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
