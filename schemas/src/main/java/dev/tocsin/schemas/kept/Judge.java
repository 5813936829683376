package dev.tocsin.schemas.kept;

import dev.tocsin.schemas.TopicSettings;
import dev.tocsin.schemas.kept.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Judges how topics are kept: what would lose or mislead, and what is only not wise.
public final class Judge {
    /// A common legacy default of brokers is a little below Kafka's; the largest that is written by a service is 64 kB, of a conversation 320.
    private static final long FITS_MOST = 900_000;

    private static final long A_DAY_MS = 86_400_000;

    public static final String MIN_ISR = "min.insync.replicas";

    /// Of everything, where there are as many brokers.
    public static final int WISE_REPLICAS = 3;

    public static final int WISE_MIN_ISR = 2;
    private static final String ANEW =
            "partitions are for as long as the topics: docs/how-to/operate.md#more-partitions";

    private Judge() {}

    /// @param found by full name; what is not among them does not exist
    /// @param unseen of those that exist and may not be described: taken as right
    public static List<Finding> judge(
            Needs needs, Map<String, Kept> found, Set<String> unseen, int brokers) {
        var findings = new ArrayList<Finding>();
        add(findings, Kind.REFUSED, parted(needs, found));
        stores(needs, found, findings);
        needs.settings()
                .forEach((topic, settings) -> {
                    var kept = found.get(topic);
                    if (kept != null) {
                        settings(topic, settings, kept, findings);
                    } else if (!unseen.contains(topic)) {
                        add(
                                findings,
                                Kind.WAITS,
                                "topic "
                                        + topic
                                        + " does not exist: tocsin admin bootstrap makes it");
                    }
                });
        replicas(needs, found, brokers, findings);
        return findings;
    }

    private static void add(List<Finding> findings, Kind kind, @Nullable String sentence) {
        if (sentence != null) {
            findings.add(new Finding(kind, sentence));
        }
    }

    private static @Nullable String parted(Needs needs, Map<String, Kept> found) {
        var lanes = new TreeMap<String, Integer>();
        for (var topic : needs.topics()) {
            var kept = found.get(topic.named(needs.prefix()));
            if (needs.joins() && topic.lanes() && kept != null) {
                lanes.put(topic.named(needs.prefix()), kept.partitions());
            }
        }
        if (lanes.values().stream().distinct().count() <= 1) {
            return null;
        }
        return "topics that are joined have different numbers of partitions ("
                + lanes.entrySet().stream()
                        .map(topic -> topic.getKey() + " " + topic.getValue())
                        .collect(Collectors.joining(", "))
                + "), so that what belongs together is read apart; "
                + ANEW;
    }

    private static void stores(Needs needs, Map<String, Kept> found, List<Finding> findings) {
        var told = new TreeSet<String>();
        new TreeMap<>(needs.changelogs())
                .forEach((changelog, sources) -> {
                    var state = found.get(changelog);
                    var largest =
                            sources.stream()
                                    .filter(found::containsKey)
                                    .max((a, b) ->
                                            Integer.compare(count(found, a), count(found, b)))
                                    .orElse(null);
                    if (state != null
                            && largest != null
                            && state.partitions() != count(found, largest)
                            && told.add(largest)) {
                        add(
                                findings,
                                Kind.REFUSED,
                                "topic %s has %d partitions, but what is known of it (%s) is kept in %d; %s"
                                        .formatted(
                                                largest,
                                                count(found, largest),
                                                changelog,
                                                state.partitions(),
                                                ANEW));
                    }
                });
    }

    private static int count(Map<String, Kept> found, String topic) {
        return Objects.requireNonNull(found.get(topic)).partitions();
    }

    private static void settings(
            String topic, TopicSettings settings, Kept kept, List<Finding> findings) {
        var now = kept.settings();
        if (now == null) {
            return;
        }
        settings.amiss(now)
                .forEach((setting, must) -> {
                    var is = String.valueOf(now.get(setting));
                    boolean bearable = bearable(setting, is, must);
                    add(
                            findings,
                            bearable ? Kind.ADVICE : Kind.WAITS,
                            "topic %s has %s=%s and %s have %s%s: tocsin admin bootstrap --repair mends that"
                                    .formatted(
                                            topic,
                                            setting,
                                            is,
                                            bearable ? "should" : "must",
                                            must,
                                            setting.equals(TopicSettings.TIMESTAMP_TYPE)
                                                    ? ", or the clock of one writer misleads all"
                                                    : ""));
                });
    }

    /// What costs history, or room that is hardly ever needed, is no reason to tell nobody anything: a cluster may have rules of its own.
    private static boolean bearable(String setting, String is, String must) {
        return switch (setting) {
            case TopicSettings.MAX_BYTES ->
                    Long.parseLong(is) > Long.parseLong(must) || Long.parseLong(is) >= FITS_MOST;
            case TopicSettings.RETENTION -> Long.parseLong(is) >= A_DAY_MS;
            default -> false;
        };
    }

    /// Whether one broker alone may acknowledge what it then loses, where there are others.
    ///
    /// @param least `min.insync.replicas`; null where it is not known
    public static boolean isOneEnough(@Nullable String least, int brokers) {
        return least != null && Integer.parseInt(least) < WISE_MIN_ISR && brokers >= WISE_REPLICAS;
    }

    /// What one disk or one broker can take with it is said once, of all topics together.
    private static void replicas(
            Needs needs, Map<String, Kept> found, int brokers, List<Finding> findings) {
        if (brokers < WISE_REPLICAS) {
            return;
        }
        var few = new ArrayList<String>();
        var alone = new ArrayList<String>();
        for (var topic : needs.settings().keySet()) {
            var kept = found.get(topic);
            if (kept != null && kept.hasFewReplicas(brokers)) {
                few.add(topic + " " + kept.replicas());
            } else if (kept != null
                    && kept.settings() != null
                    && isOneEnough(kept.settings().get(MIN_ISR), brokers)) {
                alone.add(topic);
            }
        }
        if (!few.isEmpty()) {
            add(
                    findings,
                    Kind.ADVICE,
                    "fewer than 3 replicas, of %d brokers: %s; kafka-reassign-partitions adds them"
                            .formatted(brokers, String.join(", ", few)));
        }
        if (!alone.isEmpty()) {
            add(
                    findings,
                    Kind.ADVICE,
                    "%s is 1, so that one broker alone may acknowledge what it then loses: %s; kafka-configs sets 2"
                            .formatted(MIN_ISR, String.join(", ", alone)));
        }
    }
}
