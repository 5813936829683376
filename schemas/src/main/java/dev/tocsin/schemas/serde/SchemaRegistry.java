package dev.tocsin.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.schemas.serde.RegistryHttp.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Confluent's schema registry REST API, as far as a producer and a consumer need it. Thread-safe; answers are cached
/// for ever, because an id never changes its schema (but in a registry that is made anew: [#schema(int, Predicate)]), and what several threads ask at once is
/// asked by one of them.
///
/// Every call is tried three times over each URL. Only what the registry says about an id that was read, that it has no
/// such schema, being [Whole], or none of Avro, is a [SerializationException], and is remembered for some seconds; everything else is a
/// [RegistryUnavailableException], also what is asked once it is closed. A service has one, which its serdes share by [RegistryLease#CARRIED].
public final class SchemaRegistry implements AutoCloseable {
    /// Codes of a 404 by which a registry says so; Apicurio gives none for what is not its API.
    private static final Set<Integer> NOT_THERE = Set.of(0, 40401, 40402, 40403, 40408);

    /// Of an id: Apicurio says by its own settings which of its things is missing.
    private static final Set<Integer> NO_ID = Set.of(40401, 40402, 40403);

    /// Confluent's codes, beside the status: there is no such subject, or no such schema.
    private static final int NO_SUBJECT = 40401;

    private static final int NO_SCHEMA = 40403;

    private static final Duration DOUBTED = Duration.ofMinutes(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryHttp http;
    private final LongSupplier nanos;

    /// When a doubt was last left without an answer.
    private volatile long unansweredAtNanos;

    private final Map<Integer, Given> schemas = new ConcurrentHashMap<>();
    private final Map<Question, Integer> ids = new ConcurrentHashMap<>();
    private final Underway<Integer> schemasAsked = new Underway<>();
    private final Underway<Question> idsAsked = new Underway<>();
    private final Refused refused;
    private final Whole whole;

    private record Given(Schema schema, long atNanos) {}

    /// A schema's own text would be the simpler key, but to write it out costs more than all the rest of a record's serialisation.
    private record Question(String verb, Schema schema) {}

    /// @param configs the keys that Confluent's serde takes: `schema.registry.url` (several comma-separated);
    ///     `basic.auth.*`, credentials from the URL (`URL`) or from `basic.auth.user.info` (`USER_INFO`); and
    ///     `schema.registry.ssl.*`, with Kafka's own names and formats (PEM, PKCS12, JKS) behind the prefix
    /// @throws org.apache.kafka.common.KafkaException when a key store or trust store cannot be read
    public SchemaRegistry(Map<String, ?> configs) {
        this(configs, System::nanoTime, Thread::sleep);
    }

    SchemaRegistry(Map<String, ?> configs, LongSupplier nanos, Whole.Pause pause) {
        this.nanos = nanos;
        unansweredAtNanos = nanos.getAsLong() - DOUBTED.toNanos();
        refused = new Refused(nanos);
        whole = new Whole(nanos, pause);
        http = new RegistryHttp(RegistrySettings.from(configs), nanos);
    }

    /// The schema that a record's frame names.
    ///
    /// @throws SerializationException when there is none of that id, or it is not Avro's
    public Schema schema(int id) {
        return schemasAsked.once(id, () -> known(id), () -> askSchema(id));
    }

    /// The same for whoever can use but some schemas. A registry that was made anew, and got its schemas back later, may have had something else of that id
    /// meanwhile: what does not fit is asked for again, once a minute. While the registry is away it is what it was.
    ///
    /// @return what may still not fit
    /// @throws SerializationException as [#schema(int)]
    public Schema schema(int id, Predicate<Schema> fits) {
        var known = schema(id);
        if (fits.test(known)) {
            return known;
        }
        var given = schemas.get(id);
        long now = nanos.getAsLong();
        if (given == null
                || now - given.atNanos() < DOUBTED.toNanos()
                || now - unansweredAtNanos < DOUBTED.toNanos()) {
            return known;
        }
        schemas.put(id, new Given(known, now)); // nobody else doubts it meanwhile
        try {
            return askSchema(id);
        } catch (RegistryUnavailableException e) {
            unansweredAtNanos = nanos.getAsLong(); // nor any other id
            return known;
        }
    }

    private @Nullable Schema known(int id) {
        var known = schemas.get(id);
        if (known == null) {
            refused.rethrow(id);
            return null;
        }
        return known.schema();
    }

    private Schema askSchema(int id) {
        var answer = whole.settled(() -> byId(id), this::byId);
        if (!answer.has()) {
            throw refused.remember(id, new SerializationException(answer.said()));
        }
        var schema = parse(id, answer.body());
        schemas.put(id, new Given(schema, nanos.getAsLong()));
        whole.gave(id);
        return schema;
    }

    private Answer byId(int id) {
        return http.ask("GET", "/schemas/ids/" + id, null, "schema", NO_ID);
    }

    private Schema parse(int id, JsonNode body) {
        var type = body.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw refused.remember(
                    id,
                    new SerializationException("schema id %d is %s, not Avro".formatted(id, type)));
        }
        try {
            return new Schema.Parser().parse(body.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw refused.remember(
                    id,
                    new SerializationException(
                            "schema id %d is not Avro: %s".formatted(id, e.getMessage()), e));
        }
    }

    /// Registers the schema, or finds the id it has already.
    public int register(String subject, Schema schema) {
        return cached(
                "register " + subject,
                schema,
                () -> id(post("/subjects/" + path(subject) + "/versions", schema, Set.of())));
    }

    /// The id of a schema that somebody registered before. One that the registry lacks is ours to register, and no fault of
    /// what is written: a [RegistryUnavailableException] that says so.
    public int lookup(String subject, Schema schema) {
        return cached(
                "lookup " + subject,
                schema,
                () ->
                        registered(
                                subject,
                                post(
                                        "/subjects/" + path(subject),
                                        schema,
                                        Set.of(NO_SUBJECT, NO_SCHEMA))));
    }

    /// Id of the newest version of a subject.
    public int latest(String subject) {
        return registered(subject, newest(subject));
    }

    /// Whether anything was ever registered under a subject.
    public boolean has(String subject) {
        return whole.settled(() -> newest(subject), this::byId).has();
    }

    private Answer newest(String subject) {
        var path = "/subjects/" + path(subject) + "/versions/latest";
        return http.ask("GET", path, null, "id", Set.of(NO_SUBJECT));
    }

    private static int registered(String subject, Answer answer) {
        if (!answer.has()) {
            throw new RegistryUnavailableException(
                    "the schema of %s is not registered: tocsin admin bootstrap registers it (%s)"
                            .formatted(subject, answer.said()));
        }
        return id(answer);
    }

    private static int id(Answer answer) {
        return answer.body().path("id").asInt();
    }

    /// Sets a subject's compatibility level, e.g. `FULL_TRANSITIVE`.
    public void compatibility(String subject, String level) {
        http.ask(
                "PUT",
                "/config/" + path(subject),
                JSON.createObjectNode().put("compatibility", level).toString(),
                null,
                Set.of());
    }

    /// Asks for the list of subjects: throws as every call does when the registry is away.
    public void check() {
        http.ask("GET", "/subjects", null, null, Set.of());
    }

    /// Where it is asked, without credentials.
    public String where() {
        return http.settings().toString();
    }

    RegistrySettings settings() {
        return http.settings();
    }

    /// What is asked meanwhile is given up. Closing twice does nothing.
    @Override
    public void close() {
        http.close();
    }

    /// Asks what the serde need not know.
    ///
    /// @param path behind the URL
    /// @throws SerializationException when there is no such thing
    JsonNode ask(String method, String path, @Nullable String body) {
        var answer = http.ask(method, path, body, null, NOT_THERE);
        if (!answer.has()) {
            throw new SerializationException(answer.said());
        }
        return answer.body();
    }

    /// Asks what is beside Confluent's API, as [RegistryHttp#beside] says.
    String beside(String method, String path, byte[] body, String... headers) {
        return http.beside(method, path, body, headers);
    }

    private int cached(String verb, Schema schema, IntSupplier call) {
        var question = new Question(verb, schema);
        return idsAsked.<Integer>once(
                question,
                () -> ids.get(question),
                () -> {
                    int id = call.getAsInt();
                    whole.gave(id);
                    ids.put(question, id);
                    return id;
                });
    }

    private Answer post(String path, Schema schema, Set<Integer> none) {
        var body =
                JSON.createObjectNode().put("schema", schema.toString()).put("schemaType", "AVRO");
        return http.ask("POST", path, body.toString(), "id", none);
    }

    static String path(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }
}
