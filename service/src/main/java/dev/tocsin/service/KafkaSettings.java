package dev.tocsin.service;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;

/// The `kafka:` block: every key is a Kafka client or serde property and is passed through as it is, but for
/// `topic.prefix`, which is Tocsin's.
///
/// @param properties never null; secrets among them, so never logged
/// @param carried what all serdes of a service share, by key; whoever made it closes it, and no Kafka client gets it
public record KafkaSettings(Map<String, String> properties, Map<String, Object> carried) {
    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "bootstrap.servers", "127.0.0.1:9092",
                    "schema.registry.url", "http://127.0.0.1:8081/apis/ccompat/v7",
                    "topic.prefix", "");

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(8);

    public KafkaSettings {
        var all = new HashMap<>(DEFAULTS);
        all.putAll(properties);
        properties = Map.copyOf(all);
        carried = Map.copyOf(carried);
    }

    /// With nothing to share.
    public KafkaSettings(Map<String, String> properties) {
        this(properties, Map.of());
    }

    /// From the `kafka:` section, or the defaults where there is none.
    public static KafkaSettings from(ConfigFile config) {
        return new KafkaSettings(
                config.section("kafka", Properties.class)
                        .map(p -> (Map<String, String>) p)
                        .orElse(Map.of()));
    }

    /// A map of text to text, for the binder.
    public static final class Properties extends HashMap<String, String> {}

    /// No name in `bootstrap.servers` can be resolved (yet).
    public static final class UnresolvableException extends RetriableException {
        UnresolvableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// Makes a Kafka client. Its constructor refuses names that do not resolve as if they were bad configuration; where
    /// brokers start after us that is no mistake, so here it can be tried again.
    ///
    /// @throws UnresolvableException when no name resolves now
    /// @throws KafkaException when the configuration is wrong
    public static <C> C connect(Supplier<C> client) {
        try {
            return client.get();
        } catch (KafkaException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof ConfigException why && isUnresolved(why)) {
                    throw new UnresolvableException(String.valueOf(why.getMessage()), e);
                }
            }
            throw e;
        }
    }

    /// Whether what Kafka's clients call a mistake of the settings is only that no name resolves now.
    public static boolean isUnresolved(ConfigException why) {
        return String.valueOf(why.getMessage()).startsWith("No resolvable");
    }

    /// The same with the address, which Kafka's clients leave out.
    public TimeoutException unanswered(Throwable why) {
        return new TimeoutException(
                "Kafka (%s): %s".formatted(bootstrapServers(), why.getMessage()), why);
    }

    /// Asks any broker for its name, so that a command does not wait in silence for one that is away.
    ///
    /// @throws TimeoutException naming the address, when none answers
    /// @throws KafkaException naming it, when one does and will not have us, or the settings are wrong
    public KafkaSettings requireAnswer() {
        try (var admin = admin(ANSWERS_WITHIN)) {
            var _ = admin.describeCluster().clusterId().get();
            return this;
        } catch (UnresolvableException e) {
            throw unanswered(e);
        } catch (ExecutionException e) {
            var why = e.getCause();
            if (why instanceof RetriableException) {
                throw unanswered(
                        new TimeoutException(
                                "no answer within " + ANSWERS_WITHIN.toSeconds() + " s"));
            }
            throw new KafkaException(
                    "Kafka (%s): %s".formatted(bootstrapServers(), String.valueOf(why)), e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /// An admin client that says within a time of its own that Kafka does not answer: of the two timeouts one may not be longer than the other, so neither
    /// is the user's to set.
    ///
    /// @throws UnresolvableException as [#connect]
    public Admin admin(Duration answersWithin) {
        var millis = Long.toString(answersWithin.toMillis());
        return connect(() ->
                Admin.create(
                        client(
                                Map.of("reconnect.backoff.max.ms", "5000"),
                                Map.of(
                                        "default.api.timeout.ms",
                                        millis,
                                        "request.timeout.ms",
                                        millis))));
    }

    /// The same with one key set otherwise.
    public KafkaSettings with(String key, String value) {
        var all = new HashMap<>(properties);
        all.put(key, value);
        return new KafkaSettings(all, carried);
    }

    /// The same for a service whose serdes share an instance.
    ///
    /// @param key of it in their configs
    public KafkaSettings carrying(String key, Object instance) {
        var all = new HashMap<>(carried);
        all.put(key, instance);
        return new KafkaSettings(properties, all);
    }

    /// What serdes are configured with: the properties, and what is carried.
    public Map<String, Object> serdes() {
        var all = new HashMap<String, Object>(properties);
        all.putAll(carried);
        return all;
    }

    public String bootstrapServers() {
        return value("bootstrap.servers");
    }

    public String registryUrl() {
        return value("schema.registry.url");
    }

    public String topicPrefix() {
        return value("topic.prefix");
    }

    private String value(String key) {
        return properties.getOrDefault(key, "");
    }

    /// The user's properties over the given ones: what the user sets wins, except for keys that a guarantee rests on.
    ///
    /// @param defaults what the user may change
    /// @param required what the user may not
    public Map<String, Object> client(Map<String, ?> defaults, Map<String, ?> required) {
        var all = new HashMap<String, Object>(defaults);
        properties.forEach((key, value) -> {
            if (!key.equals("topic.prefix")) {
                all.put(key, value);
            }
        });
        all.putAll(required);
        return all;
    }
}
