package dev.tocsin.notifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.notifier.channel.AddressRules;
import dev.tocsin.notifier.channel.Channel;
import dev.tocsin.notifier.channel.ChannelType;
import dev.tocsin.notifier.channel.Channels;
import dev.tocsin.notifier.channel.JudgedHttp;
import dev.tocsin.notifier.heartbeat.HeartbeatSettings;
import dev.tocsin.notifier.mailbox.Policy;
import dev.tocsin.notifier.route.Route;
import dev.tocsin.notifier.stream.Target;
import dev.tocsin.schemas.PlainText;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Mistakes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/// The `notify:` section: who can be told, and who is told of what.
///
/// @param targets each of which is told for itself. Each recipient of a target is one, as `team-mail/ann@example.com`
/// @param watchers ids of the targets that hear when a target that is not here should be told
/// @param heartbeat null when there is none
public record NotifyConfig(
        Map<String, Target> targets,
        List<Route> routes,
        List<String> watchers,
        @Nullable HeartbeatSettings heartbeat) {
    public NotifyConfig {
        targets = Map.copyOf(targets);
        routes = List.copyOf(routes);
        watchers = List.copyOf(watchers);
    }

    private static final String DIGEST_ABOVE = "digest-above";

    /// Who hears that a target cannot be told, where the file does not say who.
    private static final int WATCHERS = 3;

    /// A relay that is away is said of each of its recipients to each of these.
    private static final int WATCHERS_AT_MOST = 20;

    private static final Duration BEATS = Duration.ofMinutes(1);
    private static final Duration FASTEST = Duration.ofSeconds(10);
    private static final Duration SLOWEST = Duration.ofHours(1);

    /// @param channels channel type to keys that every target of the type has unless it says otherwise
    /// @param allowNetworks where webhooks may go beside public addresses
    /// @param alarms targets that hear when another cannot be told
    private record Spec(
            @Nullable List<String> allowNetworks,
            @Nullable Map<String, ObjectNode> channels,
            @Nullable List<ObjectNode> targets,
            @Nullable List<RouteSpec> routes,
            @Nullable List<String> alarms,
            @Nullable HeartbeatSpec heartbeat) {}

    private record HeartbeatSpec(@Nullable String url, @Nullable Duration every) {}

    private record RouteSpec(
            @Nullable Map<String, List<String>> match,
            @Nullable List<String> targets,
            @Nullable Boolean proceed) {}

    /// @throws dev.tocsin.service.ConfigException naming file, line and key
    public static NotifyConfig from(ConfigFile config) {
        var spec =
                config.section("notify", Spec.class)
                        .orElse(new Spec(null, null, null, null, null, null));
        var common = spec.channels() == null ? Map.<String, ObjectNode>of() : spec.channels();
        var mistakes = new Mistakes();
        for (var name : common.keySet()) {
            mistakes.of(() -> type(config, "/notify/channels/" + name, name));
        }
        var rules = mistakes.of(() -> rules(config, spec.allowNetworks()));
        var http = new JudgedHttp(rules.orElse(AddressRules.PUBLIC));
        var targets = new LinkedHashMap<String, Target>();
        var members = new LinkedHashMap<String, List<String>>();
        var given = spec.targets() == null ? List.<ObjectNode>of() : spec.targets();
        for (int i = 0; i < given.size(); i++) {
            var place = "/notify/targets/" + i;
            var node = given.get(i).deepCopy();
            mistakes.of(() -> name(config, place, node, members.keySet()))
                    .ifPresent(id -> {
                        // Also where it is wrong: whoever names it is right.
                        var each = new ArrayList<String>();
                        members.put(id, each);
                        if (rules.isPresent()) {
                            mistakes.of(() -> target(config, place, id, node, common, http))
                                    .ifPresent(found -> {
                                        targets.putAll(found);
                                        each.addAll(found.keySet());
                                    });
                        }
                    });
        }
        var routes = new ArrayList<Route>();
        var givenRoutes = spec.routes() == null ? List.<RouteSpec>of() : spec.routes();
        for (int i = 0; i < givenRoutes.size(); i++) {
            var route = givenRoutes.get(i);
            var place = "/notify/routes/" + i;
            var name = "route " + (i + 1);
            var to = route.targets() == null ? List.<String>of() : route.targets();
            mistakes.of(() -> each(config, place + "/targets", to, members))
                    .ifPresent(each ->
                            routes.add(
                                    new Route(
                                            name,
                                            route.match() == null ? Map.of() : route.match(),
                                            each,
                                            Boolean.TRUE.equals(route.proceed()))));
        }
        var named = Optional.ofNullable(spec.alarms());
        var alarms =
                named.flatMap(ids ->
                                mistakes.of(() -> each(config, "/notify/alarms", ids, members)))
                        .orElse(null);
        var heartbeat =
                Optional.ofNullable(spec.heartbeat())
                        .flatMap(beat -> mistakes.of(() -> heartbeat(config, beat, http)))
                        .orElse(null);
        mistakes.orThrow();
        targets.replaceAll((id, target) -> target.withWatchers(watchers(id, members, alarms)));
        return new NotifyConfig(targets, routes, watchers("", members, alarms), heartbeat);
    }

    /// A target's id.
    private static String name(
            ConfigFile config, String place, ObjectNode node, Set<String> others) {
        var id = text(node, "id");
        if (id == null || id.isBlank() || others.contains(id)) {
            throw config.error(
                    place + "/id",
                    id == null || id.isBlank() ? "missing" : "\"" + id + "\" is used twice");
        }
        if (!id.matches("[^/]{1,200}")) {
            throw config.error(place + "/id", "at most 200 characters, without a slash");
        }
        var unseen = PlainText.unseen(id);
        if (unseen != null) {
            throw config.error(place + "/id", unseen);
        }
        return id;
    }

    /// Each of its recipients.
    private static Map<String, Target> target(
            ConfigFile config,
            String place,
            String id,
            ObjectNode node,
            Map<String, ObjectNode> common,
            JudgedHttp http) {
        var type = type(config, place + "/type", String.valueOf(text(node, "type")));
        var policy = policy(config, place, node.remove(DIGEST_ABOVE));
        node.remove(List.of("id", "type"));
        var shared = common.get(type.name());
        var all = shared == null ? node : shared.deepCopy().<ObjectNode>setAll(node);
        var found = new LinkedHashMap<String, Target>();
        channels(config, place, all, type, http)
                .forEach((name, channel) ->
                        found.put(
                                name.isEmpty() ? id : id + "/" + name,
                                new Target(channel, policy)));
        return found;
    }

    private static HeartbeatSettings heartbeat(
            ConfigFile config, HeartbeatSpec spec, JudgedHttp http) {
        var place = "/notify/heartbeat";
        var url = spec.url();
        var parsed = url == null ? null : HttpUrl.parse(url);
        if (url == null || parsed == null) {
            throw config.error(place + "/url", "must begin with https:// or http://");
        }
        var refusal = http.refusal(parsed);
        if (refusal != null) {
            throw config.error(place + "/url", refusal);
        }
        var every = spec.every() == null ? BEATS : spec.every();
        if (every.compareTo(FASTEST) < 0 || every.compareTo(SLOWEST) > 0) {
            throw config.error(place + "/every", "must be from 10s to 1h");
        }
        return new HeartbeatSettings(() -> http.get(url), every);
    }

    /// Who is told through those that the file names.
    private static List<String> each(
            ConfigFile config,
            String place,
            List<String> named,
            Map<String, List<String>> members) {
        var all = new ArrayList<String>();
        for (var target : named) {
            var of = members.get(target);
            if (of == null) {
                throw config.error(
                        place, "\"" + target + "\" is no target; there are " + members.keySet());
            }
            all.addAll(of);
        }
        return all;
    }

    /// Whom `alarms` names, or the first others in the file.
    private static List<String> watchers(
            String id, Map<String, List<String>> members, @Nullable List<String> alarms) {
        if (alarms != null) {
            var siblings =
                    members.values().stream()
                            .filter(of -> of.contains(id))
                            .findFirst()
                            .orElse(List.of());
            return alarms.stream()
                    .filter(target -> !siblings.contains(target))
                    .limit(WATCHERS_AT_MOST)
                    .toList();
        }
        return members.values().stream()
                .filter(of -> !of.contains(id))
                .flatMap(List::stream)
                .limit(WATCHERS)
                .toList();
    }

    private static AddressRules rules(ConfigFile config, @Nullable List<String> allowed) {
        var rules = AddressRules.PUBLIC;
        for (int i = 0; allowed != null && i < allowed.size(); i++) {
            try {
                rules = rules.allowing(String.valueOf(allowed.get(i)));
            } catch (IllegalArgumentException e) {
                throw config.error("/notify/allow-networks/" + i, String.valueOf(e.getMessage()));
            }
        }
        return rules;
    }

    /// How many messages at once are not yet one digest; `never` for a receiver that wants each.
    private static Policy policy(ConfigFile config, String place, @Nullable JsonNode above) {
        if (above == null) {
            return Policy.DEFAULT;
        }
        if (above.asText().equals("never")) {
            return Policy.DEFAULT.withoutDigests();
        }
        if (!above.isInt() || above.asInt() < 1 || above.asInt() > 1000) {
            throw config.error(
                    place + "/" + DIGEST_ABOVE, "must be a number from 1 to 1000, or never");
        }
        return Policy.DEFAULT.withHandful(above.asInt());
    }

    private static ChannelType<?> type(ConfigFile config, String place, String name) {
        return Channels.named(name)
                .orElseThrow(() ->
                        config.error(
                                place,
                                "\""
                                        + name
                                        + "\" is not one of "
                                        + Channels.ALL.stream().map(ChannelType::name).toList()));
    }

    private static <S> Map<String, Channel> channels(
            ConfigFile config, String place, JsonNode node, ChannelType<S> type, JudgedHttp http) {
        var spec = config.bind(place, node, type.spec());
        try {
            return type.factory().apply(spec, http);
        } catch (IllegalArgumentException e) {
            var shared = "/notify/channels/" + type.name();
            throw config.error(
                    config.hasUnset(shared) ? shared : place, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String text(JsonNode node, String key) {
        return node.hasNonNull(key) ? node.get(key).asText() : null;
    }
}
