package dev.tocsin.agent;

import dev.tocsin.agent.check.Check;
import dev.tocsin.agent.check.RegionName;
import dev.tocsin.agent.schedule.Canaries;
import dev.tocsin.service.ConfigFile;
import dev.tocsin.service.Secrets;
import java.util.List;
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
/// @param spoolMb how many MiB of results are kept on disk while Kafka is away
/// @param canaries urls that are up whenever this agent's network is; when all fail, it is the agent that is cut off
/// @param hosts name to address, before any name server is asked; as `/etc/hosts`, for this agent alone
public record AgentConfig(
        String region,
        String id,
        int concurrency,
        String secrets,
        int spoolMb,
        List<String> canaries,
        Map<String, String> hosts) {
    /// A run that waits for a host that does not answer costs a handle and little else: a thousand of those must not keep the rest from running.
    private static final int CONCURRENCY = 1024;

    private static final String SECRETS = "TOCSIN_SECRET_.*";
    private static final int SPOOL_MB = 1024;

    public AgentConfig {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException("id: must be 1 to 100 of A-Z a-z 0-9 . _ -");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency: at least 1");
        }
        if (spoolMb < 32) {
            throw new IllegalArgumentException("spool-mb: at least 32");
        }
        try {
            Pattern.compile(secrets);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("secrets: " + e.getMessage());
        }
        canaries = List.copyOf(canaries);
        hosts = Map.copyOf(hosts);
    }

    /// As written.
    private record Spec(
            @Nullable String region,
            @Nullable String id,
            @Nullable Integer concurrency,
            @Nullable String secrets,
            @Nullable Integer spoolMb,
            @Nullable List<String> canaries,
            @Nullable Map<String, String> hosts) {}

    public static AgentConfig from(ConfigFile config) {
        return from(config, null);
    }

    /// @param override the region, whatever the file says; null to take the file's
    /// @throws dev.tocsin.service.ConfigException naming file, line and key
    public static AgentConfig from(ConfigFile config, @Nullable String override) {
        var spec =
                config.section("agent", Spec.class)
                        .orElse(new Spec(null, null, null, null, null, null, null));
        var region = override == null ? spec.region() : override;
        if (region == null) {
            throw config.error("/agent/region", "missing; an agent needs at least its region");
        }
        var wrong = RegionName.wrong(region);
        if (wrong != null) {
            throw config.error("/agent/region", wrong);
        }
        var canaries = canaries(config, spec.canaries() == null ? List.of() : spec.canaries());
        try {
            return new AgentConfig(
                    region,
                    spec.id() == null ? region + "-1" : spec.id(),
                    spec.concurrency() == null ? CONCURRENCY : spec.concurrency(),
                    spec.secrets() == null ? SECRETS : spec.secrets(),
                    spec.spoolMb() == null ? SPOOL_MB : spec.spoolMb(),
                    canaries,
                    spec.hosts() == null ? Map.of() : spec.hosts());
        } catch (IllegalArgumentException e) {
            var message = String.valueOf(e.getMessage());
            int colon = message.indexOf(": ");
            throw config.error(
                    "/agent/" + message.substring(0, colon), message.substring(colon + 2));
        }
    }

    private static List<String> canaries(ConfigFile config, List<String> urls) {
        for (int i = 0; i < urls.size(); i++) {
            try {
                var _ = Check.of(Canaries.definition(urls.get(i)), name -> "secret");
            } catch (IllegalArgumentException e) {
                throw config.error("/agent/canaries/" + i, String.valueOf(e.getMessage()));
            }
        }
        return urls;
    }

    /// With the defaults for all the rest.
    public static AgentConfig of(String region, Map<String, String> hosts) {
        return new AgentConfig(
                region, region + "-1", CONCURRENCY, SECRETS, SPOOL_MB, List.of(), hosts);
    }

    /// Resolves the `${NAME}` of a check from `env` (see [Secrets#named]), where its name is allowed.
    UnaryOperator<String> secretsFrom(Map<String, String> env) {
        return name -> {
            var value = name.matches(secrets) ? Secrets.named(name, env) : null;
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
