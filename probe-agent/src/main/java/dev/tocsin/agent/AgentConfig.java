package dev.tocsin.agent;

import dev.tocsin.service.ConfigFile;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// The `agent:` section.
///
/// @param region where this agent stands; checks name the regions they run in
/// @param concurrency runs at once, at most
/// @param secrets a regular expression for the environment names that a check may use as `${NAME}`
/// @param hosts name to address, before any name server is asked; as `/etc/hosts`, for this agent alone
public record AgentConfig(
        String region, String id, int concurrency, String secrets, Map<String, String> hosts) {
    public AgentConfig {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency: at least 1");
        }
        try {
            Pattern.compile(secrets);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("secrets: " + e.getMessage());
        }
        hosts = Map.copyOf(hosts);
    }

    /// As written.
    private record Spec(
            @Nullable String region,
            @Nullable String id,
            @Nullable Integer concurrency,
            @Nullable String secrets,
            @Nullable Map<String, String> hosts) {}

    public static AgentConfig from(ConfigFile config) {
        var spec =
                config.section("agent", Spec.class)
                        .orElseThrow(() ->
                                config.error(
                                        "/agent", "missing; an agent needs at least its region"));
        if (spec.region() == null || !spec.region().matches("[a-z0-9][a-z0-9-]{0,49}")) {
            throw config.error("/agent/region", "must be 1 to 50 of a-z 0-9 -, e.g. eu-west");
        }
        return of(spec.region(), spec.id(), spec.concurrency(), spec.secrets(), spec.hosts());
    }

    public static AgentConfig of(
            String region,
            @Nullable String id,
            @Nullable Integer concurrency,
            @Nullable String secrets,
            @Nullable Map<String, String> hosts) {
        return new AgentConfig(
                region,
                id == null ? region + "-1" : id,
                concurrency == null ? 256 : concurrency,
                secrets == null ? "TOCSIN_SECRET_.*" : secrets,
                hosts == null ? Map.of() : hosts);
    }

    /// Resolves the `${NAME}` of a check from `env`, where its name is allowed.
    UnaryOperator<String> secretsFrom(Map<String, String> env) {
        return name -> {
            var value = name.matches(secrets) ? env.get(name) : null;
            if (value == null) {
                throw new IllegalArgumentException(
                        "${"
                                + name
                                + "} is "
                                + (name.matches(secrets)
                                        ? "not set"
                                        : "not allowed (agent.secrets)")
                                + " on this agent");
            }
            return value;
        };
    }
}
