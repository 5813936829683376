package dev.tocsin.agent.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.agent.check.CheckSpec.IncidentSpec;
import dev.tocsin.agent.probe.ProbeType;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.DefinitionRules;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.RecordSize;
import dev.tocsin.schemas.Topics;
import dev.tocsin.schemas.TrustedRecords;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.ConfigFile.Element;
import dev.tocsin.service.Mistakes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads `checks:` and `defaults:` into definitions, `${NAME}` left as written. Every definition that leaves here can be
/// run, its secrets aside.
public final class CheckFile {
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    static {
        TrustedRecords.trust();
    }

    private final ConfigFile config;
    private final CheckSpec defaults;
    private final CatalogFile catalog;

    private CheckFile(ConfigFile config, CatalogFile catalog) {
        this.config = config;
        this.catalog = catalog;
        defaults = config.section("defaults", CheckSpec.class).orElse(CheckSpec.NONE);
    }

    /// @throws dev.tocsin.service.ConfigException naming file, line and key of every mistake
    public static List<CheckDefinition> read(ConfigFile config) {
        var mistakes = new Mistakes();
        var catalog = mistakes.of(() -> new CatalogFile(config)).orElse(CatalogFile.NOTHING);
        var definitions = new ArrayList<CheckDefinition>();
        mistakes.in(() -> read(new CheckFile(config, catalog), definitions));
        mistakes.orThrow();
        return definitions;
    }

    private static void read(CheckFile file, List<CheckDefinition> definitions) {
        var config = file.config;
        var ids = new HashSet<String>();
        var mistakes = new Mistakes();
        var elements = config.list("checks");
        for (var element : elements) {
            mistakes.in(() -> {
                var definition = file.definition(element);
                if (!ids.add(definition.getCheckId())) {
                    throw config.error(
                            element.place() + "/id",
                            "\"" + definition.getCheckId() + "\" is used twice");
                }
                definitions.add(definition);
            });
        }
        mistakes.orThrow(); // of what is missing nothing can be said of what depends on it
        var dependsOn = new DependsOn(definitions);
        for (int i = 0; i < definitions.size(); i++) {
            var wrong = dependsOn.wrong(definitions.get(i));
            var place = elements.get(i).place() + "/depends-on";
            if (wrong != null) {
                mistakes.in(() -> {
                    throw config.error(place, wrong);
                });
            }
        }
        mistakes.orThrow();
    }

    private CheckDefinition definition(Element element) {
        if (!(element.node().deepCopy() instanceof ObjectNode node)) {
            throw config.error(element.place(), "must be a check: id, url ...");
        }
        var url = node.path("url").asText("");
        var type =
                ProbeTypes.forUrl(url)
                        .orElseThrow(() ->
                                config.error(
                                        element.place() + "/url",
                                        "\""
                                                + url
                                                + "\" has no scheme that a probe serves: "
                                                + ProbeTypes.ALL.stream()
                                                        .flatMap(t -> t.schemes().stream())
                                                        .sorted()
                                                        .toList()));
        var block = node.remove(type.name());
        var blockNode = block == null ? new ObjectMapper().createObjectNode() : block;
        var mistakes = new Mistakes();
        mistakes.in(() -> config.bind(element.place() + "/" + type.name(), blockNode, type.spec()));
        var bound = mistakes.of(() -> config.bind(element.place(), node, CheckSpec.class));
        mistakes.orThrow();
        var spec = bound.orElseThrow();
        var definition = build(spec, url, type, blockNode.toString());
        var places = new HashSet<String>();
        for (var mistake : mistakes(spec, definition)) {
            var key = mistake.replaceFirst("(?s)[,:].*", "");
            if (places.add(key)) { // what is wrong with it is told once
                mistakes.in(() -> {
                    throw config.error(
                            place(element, key.replace('.', '/')),
                            mistake.replaceFirst("^" + Pattern.quote(key) + ": ", ""));
                });
            }
        }
        mistakes.orThrow();
        var large =
                RecordSize.tooLarge(
                        Topics.CHECKS, definition.getCheckId(), RecordSize.of(definition));
        if (large != null) {
            throw config.error(element.place(), large);
        }
        return definition;
    }

    /// Where a key was given: with the check, or under `defaults`.
    private String place(Element element, String key) {
        var top = key.replaceFirst("/.*", "");
        boolean inherited =
                !element.node().has(top)
                        && config.section("defaults", JsonNode.class)
                                .map(node -> node.has(top))
                                .orElse(false);
        return (inherited ? "/defaults" : element.place()) + "/" + key;
    }

    /// Each as `key: why`.
    private static List<String> mistakes(CheckSpec spec, CheckDefinition definition) {
        var mistakes = new ArrayList<String>();
        var id = spec.id();
        if (id == null || !id.matches("[a-z0-9][a-z0-9._-]{0,99}")) {
            mistakes.add("id: \"" + id + "\" must be 1 to 100 of a-z 0-9 . _ -");
        }
        if (definition.getIntervalMs() < 100) {
            mistakes.add("interval: at least 100ms");
        }
        if (definition.getTimeoutMs() < 1
                || definition.getTimeoutMs() > definition.getIntervalMs()) {
            mistakes.add("timeout: from 1ms to the interval");
        }
        var regions = definition.getRegions();
        if (regions.isEmpty() || new HashSet<>(regions).size() < regions.size()) {
            mistakes.add("regions: at least one, none twice, here or under defaults");
        }
        regions.stream()
                .map(RegionName::wrong)
                .filter(Objects::nonNull)
                .forEach(wrong -> mistakes.add("regions: " + wrong));
        mistakes.addAll(DefinitionRules.ofNew(definition));
        mistakes.addAll(Check.mistakes(definition));
        return mistakes;
    }

    private CheckDefinition build(CheckSpec spec, String url, ProbeType<?> type, String block) {
        var id = spec.id() == null ? "" : spec.id();
        var interval = pick(spec.interval(), defaults.interval(), DEFAULT_INTERVAL);
        var timeout =
                pick(
                        spec.timeout(),
                        defaults.timeout(),
                        interval.compareTo(DEFAULT_TIMEOUT) < 0 ? interval : DEFAULT_TIMEOUT);
        var regions = pick(spec.regions(), defaults.regions(), List.<String>of());
        var retry = spec.retryInterval() != null ? spec.retryInterval() : defaults.retryInterval();
        var labels = pick(spec.labels(), defaults.labels(), Map.<String, String>of());
        var conditions = pick(spec.conditions(), defaults.conditions(), type.conditions());
        var service = pick(spec.service(), defaults.service(), id);
        var definition =
                CheckDefinition.newBuilder()
                        .setCheckId(id)
                        .setConfigVersion("")
                        .setName(pick(spec.name(), null, id))
                        .setService(service)
                        .setGroup(catalog.groupOf(service))
                        .setUrl(url)
                        .setProbe(type.name())
                        .setProbeSpec(block)
                        .setIntervalMs(interval.toMillis())
                        .setTimeoutMs(timeout.toMillis())
                        .setRetryIntervalMs(retry == null ? null : retry.toMillis())
                        .setRegions(regions)
                        .setConditions(conditions)
                        .setDegradedConditions(
                                pick(
                                        spec.degradedConditions(),
                                        defaults.degradedConditions(),
                                        List.<String>of()))
                        .setIncident(
                                policy(
                                        pick(
                                                spec.incident(),
                                                defaults.incident(),
                                                IncidentSpec.NONE)))
                        .setDependsOn(pick(spec.dependsOn(), null, List.<String>of()))
                        .setLabels(labels)
                        .build();
        var version =
                UUID.nameUUIDFromBytes(definition.toString().getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .substring(0, 8);
        return CheckDefinition.newBuilder(definition).setConfigVersion(version).build();
    }

    private static IncidentPolicy policy(IncidentSpec spec) {
        return IncidentPolicy.newBuilder()
                .setWindowMs(millis(spec.window()))
                .setFailureThreshold(pick(spec.failureThreshold(), null, 3))
                .setSuccessThreshold(pick(spec.successThreshold(), null, 2))
                .setFailures(spec.failures())
                .setOf(spec.of())
                .setQuorum(pick(spec.quorum(), null, "majority"))
                .setMinRegions(spec.minRegions())
                .setPartialForMs(millis(spec.partialFor()))
                .setRecoverForMs(millis(spec.recoverFor()))
                .setStaleAfterMs(millis(spec.staleAfter()))
                .setReopenWithinMs(millis(spec.reopenWithin()))
                .setNoData(pick(spec.noData(), null, "alert"))
                .setSeverity(pick(spec.severity(), null, "critical"))
                .build();
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    private static <T> T pick(@Nullable T given, @Nullable T fallback, T last) {
        return Objects.requireNonNullElse(given, Objects.requireNonNullElse(fallback, last));
    }
}
