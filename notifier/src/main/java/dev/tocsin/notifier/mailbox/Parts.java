package dev.tocsin.notifier.mailbox;

import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.OutageChild;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The incidents of an outage that concern its target.
///
/// @param named some of them, at most [#NAMED], those that are open if there are as many
public record Parts(int joined, int open, List<Part> named) {
    public static final Parts NONE = new Parts(0, 0, List.of());

    /// DESIGN section 7: a message names at most 20 checks.
    static final int NAMED = 20;

    public Parts {
        named = List.copyOf(named);
    }

    /// @param before what was known of it; null when it joins
    Parts with(@Nullable Part before, Part now) {
        var all = new ArrayList<>(named);
        all.removeIf(part -> part.incidentId().equals(now.incidentId()));
        int place = all.size() < NAMED ? all.size() : now.open() ? firstClosed(all) : -1;
        if (place == all.size()) {
            all.add(now);
        } else if (place >= 0) {
            all.set(place, now);
        }
        return new Parts(
                joined + (before == null ? 1 : 0),
                open + (now.open() ? 1 : 0) - (before != null && before.open() ? 1 : 0),
                all);
    }

    /// The outage without those as open whose end was heard: its own word comes once a second, and may be behind theirs.
    IncidentEvent amended(IncidentEvent outage) {
        var over =
                named.stream()
                        .filter(part -> !part.open())
                        .map(Part::incidentId)
                        .collect(Collectors.toSet());
        var children = new ArrayList<>(outage.getChildren());
        int open = outage.getChildrenOpen();
        for (var it = children.listIterator(); it.hasNext(); ) {
            var child = it.next();
            if (child.getOpen() && over.contains(child.getIncidentId())) {
                it.set(OutageChild.newBuilder(child).setOpen(false).build());
                open--;
            }
        }
        return open == outage.getChildrenOpen()
                ? outage
                : IncidentEvent.newBuilder(outage)
                        .setChildren(children)
                        .setChildrenOpen(Math.max(0, open))
                        .build();
    }

    private static int firstClosed(List<Part> all) {
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).open()) {
                return i;
            }
        }
        return -1;
    }
}
