package dev.tocsin.schemas;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a definition may be. Whoever follows definitions asks the same, so that none is decided on by one and not known to another; of what somebody
/// publishes more is asked, and rules that come later are of those: what is published already stays in force.
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

    private final CheckDefinition check;

    /// Key below the check, as the configuration has it (`incident.window`), to what is wrong with it first.
    private final Map<String, String> mistakes = new LinkedHashMap<>();

    private DefinitionRules(CheckDefinition check) {
        this.check = check;
    }

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

    /// Nothing that can never fire, and nothing without a bound.
    ///
    /// @throws IllegalArgumentException for the first mistake, as `incident.window: why`
    public static void check(CheckDefinition check) {
        var rules = new DefinitionRules(check);
        rules.canBeFollowed();
        var mistakes = rules.mistakes();
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(mistakes.getFirst());
        }
    }

    /// What keeps a definition from being published, likewise: one mistake for each key.
    public static List<String> ofNew(CheckDefinition check) {
        var rules = new DefinitionRules(check);
        rules.canBeRead();
        rules.canBeFollowed();
        rules.canEnd();
        return rules.mistakes();
    }

    private List<String> mistakes() {
        return mistakes.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).toList();
    }

    private void canBeFollowed() {
        names();
        must("interval", check.getIntervalMs() > 0, "must be longer than nothing");
        must("interval", check.getIntervalMs() <= INTERVAL_AT_MOST_MS, "at most 366d");
        var retry = check.getRetryIntervalMs();
        must(
                "retry-interval",
                retry == null || retry >= RETRY_AT_LEAST_MS,
                "at least " + RETRY_AT_LEAST_MS + "ms");
        regions();
        policy();
    }

    private void names() {
        text("id", ID_AT_MOST, check.getCheckId());
        must("id", check.getCheckId().indexOf(':') < 0, "no colon: keys of outages have one");
        text("service", ID_AT_MOST, check.getService());
        text("group", ID_AT_MOST, check.getGroup());
        atMost("name", NAME_AT_MOST, check.getName().length(), "characters");
        atMost("url", URL_AT_MOST, check.getUrl().length(), "characters");
        atMost("depends-on", PARENTS_AT_MOST, check.getDependsOn().size(), "checks");
        check.getDependsOn().forEach(parent -> text("depends-on", ID_AT_MOST, parent));
        int labels =
                check.getLabels().entrySet().stream()
                        .mapToInt(label -> label.getKey().length() + label.getValue().length())
                        .sum();
        atMost("labels", LABELS_AT_MOST, labels, "characters in all");
    }

    private void regions() {
        var regions = check.getRegions();
        must("regions", !regions.isEmpty(), "at least one");
        atMost("regions", REGIONS_AT_MOST, regions.size(), "regions");
        regions.forEach(region -> text("regions", REGION_AT_MOST, region));
        must("regions", new HashSet<>(regions).size() == regions.size(), "none twice");
    }

    /// In a line, by people; and as the name of a folder.
    private void canBeRead() {
        plain("id", PlainText.wrong(check.getCheckId()));
        plain("service", PlainText.wrong(check.getService()));
        plain("group", PlainText.wrong(check.getGroup()));
        plain("name", PlainText.wrong(check.getName()));
        check.getDependsOn().forEach(parent -> plain("depends-on", PlainText.wrong(parent)));
        check.getLabels()
                .forEach((label, value) -> plain("labels", PlainText.unseen(label + value)));
        for (var region : check.getRegions()) {
            plain("regions", PlainText.wrong(region));
            must("regions", region.indexOf('/') < 0, "no slash: an agent's folder has its name");
        }
    }

    private void policy() {
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
        window(failures == null ? rules.getFailureThreshold() : failures);
        oneOf("incident.no-data", NO_DATA, rules.getNoData(), "alert, keep-last or ok");
        oneOf(
                "incident.severity",
                SEVERITIES,
                rules.getSeverity(),
                "critical, error, warning or info");
    }

    private void quorum(String quorum, int regions) {
        if (QUORUMS.contains(quorum)) {
            return;
        }
        if (COUNT.matcher(quorum).matches()) {
            amongRegions("incident.quorum", Integer.parseInt(quorum), regions);
            return;
        }
        if (!PERCENT.matcher(quorum).matches()) {
            mistake(
                    "incident.quorum",
                    quoted(quorum)
                            + " is not majority, any, all, a number or a percentage such as 50%");
            return;
        }
        int percent = Integer.parseInt(quorum.substring(0, quorum.length() - 1));
        if (percent < 1 || percent > 100) {
            mistake("incident.quorum", quoted(quorum) + " is not from 1% to 100%");
        }
    }

    private void amongRegions(String key, int count, int regions) {
        must(key, count >= 1, "at least 1");
        if (count > regions && regions > 0) {
            mistake(
                    key,
                    "%d regions are wanted, and the check has %d: it would never fire"
                            .formatted(count, regions));
        }
    }

    /// Votes that the window of a policy without one holds, an interval apart.
    public static int votes(IncidentPolicy rules) {
        var of = rules.getOf();
        return Math.max(5, Math.max(rules.getFailureThreshold(), of == null ? 0 : of) + 2);
    }

    /// Votes come a retry apart while it fails or recovers, and otherwise an interval.
    private void canEnd() {
        var rules = check.getIncident();
        long interval = check.getIntervalMs();
        long apart = apart();
        if (interval <= 0 || apart <= 0) {
            return; // that it is, is told
        }
        var stale = rules.getStaleAfterMs();
        if (stale != null && stale < interval) {
            mistake(
                    "incident.stale-after",
                    "%s is shorter than the interval, %s: every region would be silent from one result to the next"
                            .formatted(time(stale), time(interval)));
        }
        var given = rules.getWindowMs();
        long window = given == null ? interval * votes(rules) : given;
        int passes = rules.getSuccessThreshold();
        if (window > 0 && window / apart < passes - 1) {
            mistake(
                    "incident.success-threshold",
                    "%d passes take longer, one every %s, than the window of %s: it would never close"
                            .formatted(passes, time(apart), time(window)));
        }
    }

    private long apart() {
        long interval = check.getIntervalMs();
        var given = check.getRetryIntervalMs();
        return Math.min(interval, given == null ? Math.max(interval / 4, 1000) : given);
    }

    /// Failures come a retry apart: a window that is shorter than they take never holds them all.
    private void window(int failures) {
        var window = check.getIncident().getWindowMs();
        long apart = apart();
        if (window == null || apart <= 0) {
            return; // that it is, is told
        }
        if (window <= 0 || window / apart < failures - 1) {
            mistake(
                    "incident.window",
                    "%s is shorter than %d failures take, one every %s: it would never fire"
                            .formatted(time(window), failures, time(apart)));
        }
    }

    private static String time(long ms) {
        return ms % 1000 == 0 ? ms / 1000 + "s" : ms + "ms";
    }

    private void between(String rule, int least, int given, int most) {
        if (given < least || given > most) {
            mistake("incident." + rule, "%d is not from %d to %d".formatted(given, least, most));
        }
    }

    private void oneOf(String key, Set<String> known, String given, String all) {
        if (!known.contains(given)) {
            mistake(key, quoted(given) + " is not " + all);
        }
    }

    private void text(String key, int most, String text) {
        must(key, !text.isBlank(), "must not be empty");
        atMost(key, most, text.length(), "characters");
        must(key, text.chars().noneMatch(Character::isISOControl), "no control characters");
    }

    private void plain(String key, @Nullable String wrong) {
        if (wrong != null) {
            mistake(key, wrong);
        }
    }

    private void atMost(String key, int most, int given, String what) {
        if (given > most) {
            mistake(key, given + " " + what + "; at most " + most);
        }
    }

    private void must(String key, boolean holds, String why) {
        if (!holds) {
            mistake(key, why);
        }
    }

    private void mistake(String key, String why) {
        mistakes.putIfAbsent(key, why);
    }

    private static String quoted(String text) {
        return "\"" + (text.length() <= 100 ? text : text.substring(0, 100) + "…") + "\"";
    }
}
