package dev.tocsin.page.board;

import dev.tocsin.schemas.CatalogEntry;
import dev.tocsin.schemas.CatalogKind;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.CheckHour;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.MaintenanceWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the topics have said so far. Thread-safe by its own lock, which whoever reads more than one thing holds meanwhile.
public final class Board {
    private static final int INCIDENTS = 1000;

    /// Feeds that have not yet been read to where they ended.
    private final Set<String> unread = new TreeSet<>(Feed.ALL);

    private final Map<String, CheckDefinition> checks = new TreeMap<>();
    private final Map<String, String> serviceNames = new HashMap<>();
    private final Map<String, MaintenanceWindow> windows = new TreeMap<>();
    private final Hours hours = new Hours();
    private final Freshness freshness = new Freshness();
    private final Heard heard = new Heard();

    /// Incident id to its newest event.
    private final Map<String, IncidentEvent> incidents = new HashMap<>();

    /// Incident id to what was told of it, for the incidents of the last while; first those that were heard of first.
    private final Map<String, Story> stories = new LinkedHashMap<>();

    /// A feed has been read to where it ended.
    public synchronized void read(String feed) {
        unread.remove(feed);
    }

    /// Whether all that is kept is known: what is not read yet may say otherwise.
    public synchronized boolean whole() {
        return unread.isEmpty();
    }

    public synchronized void check(String id, @Nullable CheckDefinition definition) {
        set(checks, id, definition);
    }

    public synchronized void entry(String key, @Nullable CatalogEntry entry) {
        if (key.startsWith("service:")) {
            var name =
                    entry == null || entry.getKind() != CatalogKind.SERVICE
                            ? null
                            : entry.getName();
            set(serviceNames, key.substring("service:".length()), name);
        }
    }

    public synchronized void window(String id, @Nullable MaintenanceWindow window) {
        set(windows, id, window);
    }

    public synchronized void incident(String id, @Nullable IncidentEvent newest) {
        set(incidents, id, newest);
    }

    public synchronized void event(@Nullable IncidentEvent event) {
        if (event != null) {
            stories.computeIfAbsent(event.getIncidentId(), _ -> new Story()).tell(event);
            if (stories.size() > INCIDENTS) {
                var edge = event.getAt().minus(Hours.KEPT);
                stories.entrySet().stream()
                        .min(Comparator.comparingInt(one -> one.getValue().worth(edge)))
                        .map(Map.Entry::getKey)
                        .ifPresent(stories::remove);
            }
        }
    }

    /// @param stamped by the broker
    /// @param received by this machine's steady clock
    public synchronized void hour(
            String key, @Nullable CheckHour hour, Instant stamped, Instant received) {
        passes(stamped, received);
        if (hour == null) {
            hours.remove(key);
        } else {
            hours.put(hour, stamped);
        }
    }

    /// The earlier of two clocks: what is shown is not forgotten because one of them is wrong.
    private void passes(Instant stamped, Instant received) {
        if (hours.forget(stamped.isBefore(received) ? stamped : received) && whole()) {
            heard.keep(checks.keySet());
        }
    }

    /// @param result null for a tick
    public synchronized void result(
            int partition, @Nullable CheckResult result, Instant stamped, Instant received) {
        passes(stamped, received);
        freshness.heard(stamped, received);
        if (result == null) {
            freshness.ticked(partition, stamped);
        } else {
            heard.result(partition, result, stamped);
        }
    }

    public synchronized Collection<CheckDefinition> checks() {
        return Collections.unmodifiableCollection(checks.values());
    }

    public synchronized Collection<MaintenanceWindow> windows() {
        return Collections.unmodifiableCollection(windows.values());
    }

    /// Days of hours of boots of agents, of all checks.
    synchronized int hoursKept() {
        return hours.size();
    }

    /// What was counted of a check in the hours that began after one time, and by another.
    public synchronized Votes votes(String check, Instant after, Instant by) {
        return hours.votes(check, after, by);
    }

    /// The newest event of each incident.
    public synchronized Collection<IncidentEvent> incidents() {
        return Collections.unmodifiableCollection(incidents.values());
    }

    /// What was told of an incident of the last while, oldest first.
    public synchronized List<Story.Told> told(String incident) {
        var story = stories.get(incident);
        return story == null ? List.of() : story.told();
    }

    /// Regions that failed at any time in an incident of the last while.
    public synchronized NavigableSet<String> failed(String incident) {
        var story = stories.get(incident);
        return story == null ? Collections.emptyNavigableSet() : story.failed();
    }

    /// The service's public name; its id without one.
    public synchronized String serviceName(String id) {
        return serviceNames.getOrDefault(id, id);
    }

    /// Event time of the newest vote, by the broker's clock.
    public synchronized @Nullable Instant heard(String check, String region) {
        return heard.voted(check, region);
    }

    /// Likewise, of the newest that says that it works.
    public synchronized @Nullable Instant worked(String check, String region) {
        return heard.worked(check, region);
    }

    /// Whether somebody decides on a check: where its results go there are ticks.
    public synchronized boolean decided(String check, Instant now) {
        var partition = heard.partition(check);
        return whole() && partition != null && !freshness.stale(partition, now);
    }

    /// Whether what a feed had at the start has been read.
    public synchronized boolean isRead(String feed) {
        return !unread.contains(feed);
    }

    /// Of the newest that was heard, by the broker's time; NaN before anything was.
    public synchronized double ageSeconds(
            Function<Freshness, Optional<Instant>> newest, Instant now) {
        return newest.apply(freshness)
                .map(stamp ->
                        Duration.between(stamp, freshness.brokerTime(now)).toMillis() / 1000.0)
                .orElse(Double.NaN);
    }

    public Freshness freshness() {
        return freshness;
    }

    private static <V> void set(Map<String, V> map, String key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }
}
