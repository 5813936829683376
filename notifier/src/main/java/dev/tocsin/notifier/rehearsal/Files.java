package dev.tocsin.notifier.rehearsal;

import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.route.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// `notify:` as two instances of the notifier have it. A change comes to one and minutes later to the other, each of which is restarted for it, and incidents and
/// targets go from one to the other.
final class Files {
    /// An instance begins anew with another file.
    private record Change(Instant at, int instance, List<Listener> next) {}

    /// Spreads what is like another.
    private static final int MIX = 0x9E3779B9;

    private final RandomGenerator random;
    private final Deque<Change> changes = new ArrayDeque<>();
    private final List<List<Listener>> files = new ArrayList<>();
    private final Map<String, Policy> targets = new LinkedHashMap<>();
    private int shares;

    /// @param first what both begin with
    Files(RandomGenerator random, List<Listener> first) {
        this.random = random;
        files.add(first);
        files.add(first);
        meet(first);
    }

    /// @param times in order
    void changeAt(Collection<Instant> times) {
        var first = files.getFirst();
        var last = first;
        var done = Instant.MIN;
        for (var time : times) {
            var at = time.isAfter(done) ? time : done;
            last = changed(last, first);
            done = at.plus(Duration.ofSeconds(20 + random.nextInt(600)));
            changes.add(new Change(at, 1, last));
            changes.add(new Change(done, 0, last));
            meet(last);
        }
    }

    /// In the end both have what they began with.
    ///
    /// @return when that is done, not before the given time
    Instant backAt(Instant end) {
        if (changes.isEmpty()) {
            return end;
        }
        var done = changes.getLast().at();
        var at = done.isAfter(end) ? done : end;
        changes.add(new Change(at, 1, files.getFirst()));
        changes.add(new Change(at.plusSeconds(20), 0, files.getFirst()));
        return changes.getLast().at();
    }

    private void meet(List<Listener> file) {
        file.forEach(listener -> targets.put(listener.target(), listener.policy()));
    }

    private List<Listener> changed(List<Listener> from, List<Listener> first) {
        if (from.isEmpty()) {
            return first;
        }
        var next = new ArrayList<>(from);
        int which = random.nextInt(next.size());
        var one = next.get(which);
        switch (random.nextInt(6)) {
            case 0 -> next.remove(which);
            case 1 -> next.set(which, one.renamed(one.target() + "+"));
            case 2 -> next.set(which, one.unrouted());
            case 3 -> next.set(which, one.as(from.get(random.nextInt(from.size()))));
            case 4 -> next.add(one.renamed("new-" + targets.size()));
            default -> {
                return first;
            }
        }
        return List.copyOf(next);
    }

    /// All that there ever are, and how each is told where it is known.
    Map<String, Policy> targets() {
        return targets;
    }

    /// Of the next change; null when there is none.
    @Nullable Instant next() {
        return changes.isEmpty() ? null : changes.getFirst().at();
    }

    /// Makes the next change.
    ///
    /// @return targets of which the mailbox begins anew
    List<String> change() {
        var change = changes.removeFirst();
        var before =
                targets.keySet().stream().filter(it -> owner(it) == change.instance()).toList();
        var owners = targets.keySet().stream().map(this::owner).toList();
        files.set(change.instance(), change.next());
        shares = random.nextInt();
        var moved = new LinkedHashSet<>(before);
        int i = 0;
        for (var target : targets.keySet()) {
            if (owner(target) != owners.get(i++)) {
                moved.add(target);
            }
        }
        return List.copyOf(moved);
    }

    /// Which instance has the incident, or the target.
    private int owner(String key) {
        return ((key.hashCode() ^ shares) * MIX) >>> 31;
    }

    /// As the instance has it that routes the incident.
    List<Route> routes(String incident) {
        return routed(incident).stream().map(Listener::route).toList();
    }

    /// Those that the instance routes to that routes the incident.
    List<Listener> routed(String incident) {
        return files.get(owner(incident)).stream().filter(Listener::routed).toList();
    }

    /// Whether the instance that has the target knows it.
    boolean knows(String target) {
        return listener(target) != null;
    }

    Policy policy(String target) {
        var known = listener(target);
        return known == null ? Policy.DEFAULT : known.policy();
    }

    private @Nullable Listener listener(String target) {
        return files.get(owner(target)).stream()
                .filter(listener -> listener.target().equals(target))
                .findFirst()
                .orElse(null);
    }
}
