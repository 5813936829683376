package dev.tocsin.schemas;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a definition may be, whoever wrote it: nothing that can never fire, and nothing without a bound. Whoever writes one and whoever follows it
/// ask the same.
public final class DefinitionRules {
    private static final int ID_AT_MOST = 200;
    private static final int NAME_AT_MOST = 200;
    private static final int URL_AT_MOST = 2000;
    private static final int REGION_AT_MOST = 64;
    private static final int REGIONS_AT_MOST = 500;
    private static final int PARENTS_AT_MOST = 100;
    private static final int LABELS_AT_MOST = 4096;
    private static final int THRESHOLD_AT_MOST = 100;
    private static final int OF_AT_MOST = 200;
    private static final long INTERVAL_AT_MOST_MS = 366L * 24 * 3600 * 1000;
    private static final int RETRY_AT_LEAST_MS = 100;

    private static final Pattern COUNT = Pattern.compile("\\d{1,9}");
    private static final Pattern PERCENT = Pattern.compile("\\d{1,9}%");
    private static final Set<String> QUORUMS = Set.of("majority", "any", "all");
    private static final Set<String> NO_DATA = Set.of("alert", "keep-last", "ok");
    private static final Set<String> SEVERITIES = Set.of("critical", "error", "warning", "info");

    private DefinitionRules() {}

    /// As [#check(CheckDefinition)], for whoever follows what stands under a key.
    ///
    /// @throws IllegalArgumentException also when the key is not the check's id
    public static void check(@Nullable String key, CheckDefinition check) {
        if (!check.getCheckId().equals(key)) {
            throw new IllegalArgumentException(
                    "key " + key + " is not the check's id " + check.getCheckId());
        }
        check(check);
    }

    /// @throws IllegalArgumentException for the first mistake: its key below the check, as the configuration has it (`incident.window`), and why
    public static void check(CheckDefinition check) {
        names(check);
        must("interval", check.getIntervalMs() > 0, "must be longer than nothing");
        must("interval", check.getIntervalMs() <= INTERVAL_AT_MOST_MS, "at most 366d");
        var retry = check.getRetryIntervalMs();
        must(
                "retry-interval",
                retry == null || retry >= RETRY_AT_LEAST_MS,
                "at least " + RETRY_AT_LEAST_MS + "ms");
        regions(check.getRegions());
        policy(check);
    }

    private static void names(CheckDefinition check) {
        text("id", ID_AT_MOST, check.getCheckId());
        must("id", check.getCheckId().indexOf(':') < 0, "no colon: keys of outages have one");
        text("service", ID_AT_MOST, check.getService());
        text("group", ID_AT_MOST, check.getGroup());
        text("name", NAME_AT_MOST, check.getName());
        atMost("url", URL_AT_MOST, check.getUrl().length(), "characters");
        atMost("depends-on", PARENTS_AT_MOST, check.getDependsOn().size(), "checks");
        check.getDependsOn().forEach(parent -> text("depends-on", ID_AT_MOST, parent));
        int labels = 0;
        for (var label : check.getLabels().entrySet()) {
            plain("labels", PlainText.unseen(label.getKey() + label.getValue()));
            labels += label.getKey().length() + label.getValue().length();
        }
        atMost("labels", LABELS_AT_MOST, labels, "characters in all");
    }

    private static void regions(List<String> regions) {
        must("regions", !regions.isEmpty(), "at least one");
        atMost("regions", REGIONS_AT_MOST, regions.size(), "regions");
        for (var region : regions) {
            text("regions", REGION_AT_MOST, region);
            must("regions", region.indexOf('/') < 0, "no slash: an agent's folder has its name");
        }
        must("regions", new HashSet<>(regions).size() == regions.size(), "none twice");
    }

    private static void policy(CheckDefinition check) {
        var rules = check.getIncident();
        int regions = check.getRegions().size();
        between("failure-threshold", 1, rules.getFailureThreshold(), THRESHOLD_AT_MOST);
        between("success-threshold", 1, rules.getSuccessThreshold(), THRESHOLD_AT_MOST);
        var failures = rules.getFailures();
        var of = rules.getOf();
        must("incident.of", (failures == null) == (of == null), "give failures and of, or neither");
        if (failures != null && of != null) {
            between("of", 1, of, OF_AT_MOST);
            between("failures", 1, failures, of);
        }
        quorum(rules.getQuorum(), regions);
        var minRegions = rules.getMinRegions();
        if (minRegions != null) {
            amongRegions("incident.min-regions", minRegions, regions);
        }
        window(check, failures == null ? rules.getFailureThreshold() : failures);
        oneOf("incident.no-data", NO_DATA, rules.getNoData(), "alert, keep-last or ok");
        oneOf(
                "incident.severity",
                SEVERITIES,
                rules.getSeverity(),
                "critical, error, warning or info");
    }

    private static void quorum(String quorum, int regions) {
        if (QUORUMS.contains(quorum)) {
            return;
        }
        if (COUNT.matcher(quorum).matches()) {
            amongRegions("incident.quorum", Integer.parseInt(quorum), regions);
            return;
        }
        if (!PERCENT.matcher(quorum).matches()) {
            throw mistake(
                    "incident.quorum",
                    quoted(quorum)
                            + " is not majority, any, all, a number or a percentage such as 50%");
        }
        int percent = Integer.parseInt(quorum.substring(0, quorum.length() - 1));
        if (percent < 1 || percent > 100) {
            throw mistake("incident.quorum", quoted(quorum) + " is not from 1% to 100%");
        }
    }

    private static void amongRegions(String key, int count, int regions) {
        must(key, count >= 1, "at least 1");
        if (count > regions) {
            throw mistake(
                    key,
                    "%d regions are wanted, and the check has %d: it would never fire"
                            .formatted(count, regions));
        }
    }

    /// Failures come a retry apart: a window that is shorter than they take never holds them all.
    private static void window(CheckDefinition check, int failures) {
        var window = check.getIncident().getWindowMs();
        if (window == null) {
            return;
        }
        long interval = check.getIntervalMs();
        var given = check.getRetryIntervalMs();
        long apart = Math.min(interval, given == null ? Math.max(interval / 4, 1000) : given);
        if (window <= 0 || window / apart < failures - 1) {
            throw mistake(
                    "incident.window",
                    "%s is shorter than %d failures take, one every %s: it would never fire"
                            .formatted(time(window), failures, time(apart)));
        }
    }

    private static String time(long ms) {
        return ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms";
    }

    private static void between(String rule, int least, int given, int most) {
        if (given < least || given > most) {
            throw mistake(
                    "incident." + rule, "%d is not from %d to %d".formatted(given, least, most));
        }
    }

    private static void oneOf(String key, Set<String> known, String given, String all) {
        if (!known.contains(given)) {
            throw mistake(key, quoted(given) + " is not " + all);
        }
    }

    private static void text(String key, int most, String text) {
        plain(key, PlainText.wrong(text));
        atMost(key, most, text.length(), "characters");
    }

    private static void plain(String key, @Nullable String wrong) {
        if (wrong != null) {
            throw mistake(key, wrong);
        }
    }

    private static void atMost(String key, int most, int given, String what) {
        if (given > most) {
            throw mistake(key, given + " " + what + "; at most " + most);
        }
    }

    private static void must(String key, boolean holds, String why) {
        if (!holds) {
            throw mistake(key, why);
        }
    }

    private static IllegalArgumentException mistake(String key, String why) {
        return new IllegalArgumentException(key + ": " + why);
    }

    private static String quoted(String text) {
        return "\"" + (text.length() <= 100 ? text : text.substring(0, 100) + "…") + "\"";
    }
}
