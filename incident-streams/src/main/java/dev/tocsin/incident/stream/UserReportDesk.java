package dev.tocsin.incident.stream;

import dev.tocsin.incident.engine.report.UserReports;
import dev.tocsin.incident.wire.StateCodec;
import dev.tocsin.incident.wire.Wire;
import dev.tocsin.schemas.Signal;
import dev.tocsin.schemas.SignalKind;
import dev.tocsin.service.streams.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Counts the users who report the services that this partition owns, and tells their checks when they are enough (rule 10).
public final class UserReportDesk implements Owner {
    public static final String STORE = "reporters";
    private static final String PARTITION = "partition";

    /// In a key: no service's id has that.
    private static final String SEPARATOR = "\0";

    /// An entry per service and partition that has a check of it, and one per service and reporter.
    private static final String HAS = "has" + SEPARATOR;

    private static final String REPORTED = "reported" + SEPARATOR;

    /// A report as it is stored.
    private record Stored(String service, String reporter, Instant at) {}

    private final Outbox outbox;
    private final KeyValueStore<String, byte[]> store;
    private final Map<String, Set<String>> partitions = new HashMap<>();

    /// Of services that were reported within the last minutes.
    private final Map<String, UserReports> reports = new TreeMap<>();

    UserReportDesk(KeyValueStore<String, byte[]> store, Outbox outbox, LeftOut leftOut) {
        this.store = store;
        this.outbox = outbox;
        var reported = new ArrayList<Stored>();
        leftOut.each(
                store,
                entry -> {
                    var key = entry.key.split(SEPARATOR, 3);
                    if (entry.key.startsWith(HAS)) {
                        partitions.computeIfAbsent(key[1], _ -> new HashSet<>()).add(key[2]);
                    } else {
                        var at = StateCodec.decode(entry.value, Instant.class);
                        reported.add(new Stored(key[1], key[2], at));
                    }
                });
        reported.sort(Comparator.comparing(Stored::at).thenComparing(Stored::reporter));
        for (var report : reported) {
            forget(report.service(), of(report.service()).add(report.reporter(), report.at()));
        }
    }

    /// Of its signals: one partition decides on a service.
    static final String KEY = "service:";

    public static String key(String service) {
        return KEY + service;
    }

    /// For whoever counts its reports: a partition has a check of the service, or no longer.
    static Signal service(String service, int partition, boolean has, Instant now) {
        return Wire.signal(
                        "service/" + service + "/" + partition + "/" + now.toEpochMilli(),
                        SignalKind.SERVICE,
                        service,
                        has,
                        now)
                .setAttributes(Map.of(PARTITION, Integer.toString(partition)))
                .build();
    }

    /// Where an entry belongs. Who has a check of a service is told anew by each partition with its first tick.
    static Place place(String key) {
        return key.startsWith(REPORTED)
                ? new Place.WithKey(key(key.split(SEPARATOR, 3)[1]))
                : new Place.Nowhere("each partition tells it anew when it starts");
    }

    @Override
    public @Nullable String take(Signal signal, Instant now) {
        var service = signal.getSubject();
        if (service.contains(SEPARATOR)) {
            throw new SerializationException("a service's id has no NUL");
        }
        if (signal.getKind() == SignalKind.SERVICE) {
            has(service, attribute(signal, PARTITION), signal.getActive());
            return null;
        }
        var reporter = attribute(signal, ReportSource.REPORTER);
        if (!partitions.containsKey(service)) {
            return "a report of the service " + service + ", of which there is no check";
        }
        var all = of(service);
        forget(service, all.add(reporter, signal.getAt()));
        store.put(
                REPORTED + service + SEPARATOR + reporter,
                StateCodec.encode(Objects.requireNonNull(all.lastAt(reporter))));
        tell(service, all, now);
        return null;
    }

    private static String attribute(Signal signal, String name) {
        var value = signal.getAttributes().get(name);
        if (value == null) {
            throw new SerializationException(
                    "a " + signal.getKind() + " signal without its " + name);
        }
        return value;
    }

    private void has(String service, String partition, boolean has) {
        var key = HAS + service + SEPARATOR + partition;
        var of = partitions.computeIfAbsent(service, _ -> new HashSet<>());
        if (has && of.add(partition)) {
            store.put(key, new byte[0]);
        } else if (!has && of.remove(partition)) {
            store.delete(key);
        }
        if (of.isEmpty()) {
            partitions.remove(service);
        }
    }

    private UserReports of(String service) {
        return reports.computeIfAbsent(service, _ -> new UserReports());
    }

    @Override
    public void tick(Instant now) {
        for (var service : List.copyOf(reports.keySet())) {
            var all = of(service);
            forget(service, all.pass(now));
            tell(service, all, now);
            if (all.isEmpty()) {
                reports.remove(service);
            }
        }
    }

    private void forget(String service, Collection<String> reporters) {
        for (var reporter : reporters) {
            store.delete(REPORTED + service + SEPARATOR + reporter);
        }
    }

    private void tell(String service, UserReports all, Instant now) {
        var told = all.tell();
        if (told != null) {
            outbox.signal(
                    null,
                    Wire.signal(
                                    "reports/" + service + "/" + told.until().toEpochMilli(),
                                    SignalKind.USER_REPORTS,
                                    service,
                                    true,
                                    now)
                            .setAttributes(
                                    Map.of(
                                            ReportSource.USERS,
                                            Integer.toString(told.users()),
                                            ReportSource.FROM,
                                            Long.toString(told.from().toEpochMilli()),
                                            ReportSource.UNTIL,
                                            Long.toString(told.until().toEpochMilli())))
                            .build(),
                    now);
        }
    }
}
