package dev.tocsin.service;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One YAML file, or a folder of them merged (maps merge, lists append), with every value's place remembered, so that each error names file, line and key.
/// `${NAME}` is filled in, and `KEY-file` read as `KEY`, when a section is asked for: who does not use one needs none of its secrets.
public final class ConfigFile {
    private static final String FROM_FILE = "-file";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final YAMLFactory YAML =
            YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                    .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                    .addModule(Durations.jackson())
                    .build();

    private final Path source;
    private final ObjectNode root = MAPPER.createObjectNode();
    private final Map<String, String> places = new HashMap<>();
    private final Map<String, String> env;
    private final Set<String> verbatim;
    private final boolean draft;
    private final SortedMap<String, SortedSet<String>> unset = new TreeMap<>();

    /// By place what was filled in there, and how it is written.
    private final Map<String, Map<String, String>> secrets = new HashMap<>();

    private ConfigFile(Path source, Map<String, String> env, Set<String> verbatim, boolean draft) {
        this.source = source;
        this.env = env;
        this.verbatim = verbatim;
        this.draft = draft;
    }

    /// @param env what `${NAME}` is looked up in, see [Secrets#named]
    /// @param verbatim top-level keys below which `${NAME}` and `KEY-file` stay as they are
    /// @throws ConfigException when a file is missing or is not YAML, all of them are empty, or a key is doubled
    public static ConfigFile load(Path path, Map<String, String> env, Set<String> verbatim) {
        return load(new ConfigFile(path, env, verbatim, false));
    }

    /// As [#load], to be looked at and not to be used: a variable that is not set stays as it is written ([#unset] names it), and what is said against its place, or
    /// against what holds it, is no mistake.
    public static ConfigFile draft(Path path, Map<String, String> env, Set<String> verbatim) {
        return load(new ConfigFile(path, env, verbatim, true));
    }

    private static ConfigFile load(ConfigFile config) {
        var path = config.source;
        var mistakes = new Mistakes();
        for (var file : files(path)) {
            mistakes.in(() -> config.read(file));
        }
        mistakes.orThrow();
        if (config.root.isEmpty()) {
            throw new ConfigException(path + ": holds nothing");
        }
        return config;
    }

    /// The files that a path stands for: itself, or those in the folder, sorted.
    ///
    /// @throws ConfigException when there are none
    public static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            if (!Files.isRegularFile(path)) {
                throw new ConfigException(path + ": no such file");
            }
            return List.of(path);
        }
        try (var listed = Files.list(path)) {
            var files = listed.filter(f -> f.toString().matches(".*\\.ya?ml")).sorted().toList();
            if (files.isEmpty()) {
                throw new ConfigException(path + ": no .yaml or .yml file in this folder");
            }
            return files;
        } catch (IOException e) {
            throw new ConfigException(path + ": cannot be read: " + e.getMessage());
        }
    }

    /// Fails for every top-level key that is not in `known`.
    public ConfigFile only(Set<String> known) {
        var mistakes = new Mistakes();
        root.fieldNames()
                .forEachRemaining(key ->
                        mistakes.in(() -> {
                            if (!known.contains(key)) {
                                throw error(
                                        "/" + key,
                                        "unknown key; known here: "
                                                + String.join(", ", new TreeSet<>(known)));
                            }
                        }));
        mistakes.orThrow();
        return this;
    }

    /// Whether anything is said under a top-level key.
    public boolean has(String key) {
        return root.hasNonNull(key);
    }

    /// The value below a top-level key as a record, or empty where the key is absent.
    ///
    /// @throws ConfigException when it does not fit, a variable in it is not set, or a file of a secret cannot be read
    public <T> Optional<T> section(String key, Class<T> type) {
        var node = root.get(key);
        return node == null || node.isNull()
                ? Optional.empty()
                : Optional.of(bind("/" + key, filled("/" + key, node), type));
    }

    /// The elements of a top-level list with their places, e.g. `/checks/0`.
    ///
    /// @throws ConfigException as [#section]
    public List<Element> list(String key) {
        var node = root.get(key);
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw error("/" + key, "must be a list");
        }
        var filled = filled("/" + key, node);
        return java.util.stream.IntStream.range(0, filled.size())
                .mapToObj(i -> new Element("/" + key + "/" + i, filled.get(i)))
                .toList();
    }

    /// A part of the tree and where it stands.
    public record Element(String place, JsonNode node) {}

    /// Binds a part of the tree; every error names its file, line and key. What is wrong is taken out, so that the rest is looked at as well.
    public <T> T bind(String place, JsonNode node, Class<T> type) {
        var mistakes = new Mistakes();
        var rest = node;
        var gone = new ArrayList<String>();
        while (true) {
            try {
                var bound = MAPPER.treeToValue(rest, type);
                mistakes.orThrow();
                return bound;
            } catch (JsonProcessingException e) {
                var at = e instanceof JsonMappingException mapping ? pointer(mapping) : "";
                if (gone.stream().noneMatch(taken -> taken.startsWith(at))) { // or it may be missed
                    mistakes.in(() -> {
                        throw error(place, e);
                    });
                }
                rest = rest.deepCopy();
                if (!remove(rest, at)) {
                    mistakes.orThrow();
                }
                if (!(e instanceof UnrecognizedPropertyException)) {
                    gone.add(at);
                }
            }
        }
    }

    /// False for what is no key of an object: nothing can be left out there.
    private static boolean remove(JsonNode tree, String pointer) {
        int last = pointer.lastIndexOf('/');
        return last >= 0
                && tree.at(pointer.substring(0, last)) instanceof ObjectNode parent
                && parent.remove(pointer.substring(last + 1)) != null;
    }

    private ConfigException error(String place, JsonProcessingException wrong) {
        return switch (wrong) {
            case UnrecognizedPropertyException e -> {
                var known =
                        e.getKnownPropertyIds() == null
                                ? ""
                                : "; known here: "
                                        + e.getKnownPropertyIds().stream()
                                                .map(Object::toString)
                                                .sorted()
                                                .collect(Collectors.joining(", "));
                yield error(place + pointer(e), "unknown key" + known);
            }
            case JsonMappingException e -> {
                var cause =
                        e.getCause() instanceof IllegalArgumentException
                                        || e.getCause() instanceof NullPointerException
                                ? String.valueOf(e.getCause().getMessage())
                                : e.getOriginalMessage();
                yield error(place + pointer(e), cause);
            }
            default -> error(place, wrong.getOriginalMessage());
        };
    }

    /// An error at a place in the tree, for checks that only the caller can make.
    public ConfigException error(String place, String message) {
        return new ConfigException(
                hasUnset(place) ? List.of() : List.of(line(place, hidden(place, message))));
    }

    /// A library says what it found, or a part of it: nothing of what was filled in gets into a message.
    private String hidden(String place, String message) {
        var shown = message;
        for (var at : secrets.entrySet()) {
            if ((at.getKey() + "/").startsWith(place + "/")
                    || (place + "/").startsWith(at.getKey() + "/")) {
                for (var secret : at.getValue().entrySet()) {
                    shown = Secrets.hide(shown, secret.getKey(), secret.getValue());
                }
            }
        }
        return shown;
    }

    /// Whether a variable at the place, or below it, is not set: what is said of it may be no longer so when it is. Only a draft has any.
    public boolean hasUnset(String place) {
        return unset.keySet().stream()
                .anyMatch(at -> at.equals(place) || at.startsWith(place + "/"));
    }

    /// A line for each place where a variable is not set or its file is not here, of the sections of a draft that were looked at.
    public List<String> unset() {
        return unset.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(what -> line(entry.getKey(), what)))
                .toList();
    }

    private String line(String place, String message) {
        var at = place;
        while (!places.containsKey(at) && at.contains("/")) {
            at = at.substring(0, at.lastIndexOf('/'));
        }
        var key =
                place.substring(Math.min(1, place.length()))
                        .replaceAll("/(\\d+)", "[$1]")
                        .replace('/', '.');
        return places.getOrDefault(at, source.toString())
                + ": "
                + (key.isEmpty() ? "" : key + ": ")
                + message;
    }

    private static String pointer(JsonMappingException e) {
        return e.getPath().stream()
                .map(ref ->
                        "/"
                                + (ref.getFieldName() == null
                                        ? Integer.toString(ref.getIndex())
                                        : ref.getFieldName()))
                .collect(Collectors.joining());
    }

    private void read(Path file) {
        try (var parser = YAML.createParser(Files.readString(file))) {
            var first = parser.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) {
                return;
            }
            if (first != JsonToken.START_OBJECT) {
                throw new ConfigException(file + ":1: the file must hold keys and values");
            }
            readObject(parser, file, "", root);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            var line =
                    e.getOriginalMessage().lines().filter(l -> !l.isBlank()).findFirst().orElse("");
            throw new ConfigException(
                    file + ":" + (at == null ? 1 : at.getLineNr()) + ": not valid YAML: " + line);
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e.getMessage());
        }
    }

    private void readObject(JsonParser parser, Path file, String place, ObjectNode into)
            throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.currentName();
            var at = place + "/" + key;
            places.putIfAbsent(at, file + ":" + parser.currentTokenLocation().getLineNr());
            parser.nextToken();
            boolean container = parser.currentToken().isStructStart();
            if (into.has(key) && !(container && into.get(key).isContainerNode())) {
                throw error(
                        at,
                        "is set again in "
                                + file
                                + ":"
                                + parser.currentTokenLocation().getLineNr());
            }
            into.set(key, value(parser, file, at, into.get(key)));
        }
    }

    private JsonNode value(JsonParser parser, Path file, String place, @Nullable JsonNode merged)
            throws IOException {
        var token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            var object = merged instanceof ObjectNode there ? there : MAPPER.createObjectNode();
            readObject(parser, file, place, object);
            return object;
        }
        if (token == JsonToken.START_ARRAY) {
            var array = merged instanceof ArrayNode there ? there : MAPPER.createArrayNode();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                var at = place + "/" + array.size();
                places.put(at, file + ":" + parser.currentTokenLocation().getLineNr());
                array.add(value(parser, file, at, null));
            }
            return array;
        }
        return switch (token) {
            case VALUE_NULL -> MAPPER.nullNode();
            case VALUE_TRUE -> MAPPER.getNodeFactory().booleanNode(true);
            case VALUE_FALSE -> MAPPER.getNodeFactory().booleanNode(false);
            case VALUE_NUMBER_INT -> MAPPER.getNodeFactory().numberNode(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> MAPPER.getNodeFactory().numberNode(parser.getDoubleValue());
            default -> MAPPER.getNodeFactory().textNode(parser.getText());
        };
    }

    /// A copy with its secrets, unless it is verbatim.
    private JsonNode filled(String place, JsonNode node) {
        if (verbatim.contains(place.replaceFirst("/([^/]*).*", "$1"))) {
            return node;
        }
        return switch (node) {
            case ObjectNode object -> {
                var copy = MAPPER.createObjectNode();
                for (var entry : object.properties()) {
                    put(copy, place, object, entry.getKey(), entry.getValue());
                }
                yield copy;
            }
            case ArrayNode array -> {
                var copy = MAPPER.createArrayNode();
                for (int i = 0; i < array.size(); i++) {
                    copy.add(filled(place + "/" + i, array.get(i)));
                }
                yield copy;
            }
            case TextNode text -> MAPPER.getNodeFactory().textNode(filled(place, text.textValue()));
            default -> node;
        };
    }

    private void put(ObjectNode copy, String place, ObjectNode from, String key, JsonNode value) {
        var at = place + "/" + key;
        if (!key.endsWith(FROM_FILE) || !value.isTextual()) {
            copy.set(key, filled(at, value));
            return;
        }
        var of = key.substring(0, key.length() - FROM_FILE.length());
        if (from.has(of)) {
            throw error(at, of + ", " + key + ": give one of them");
        }
        places.putIfAbsent(place + "/" + of, places.getOrDefault(at, source.toString()));
        var file = filled(at, value.textValue());
        if (unset.containsKey(at)) {
            copy.put(of, file);
            return;
        }
        try {
            var secret = Secrets.file(file);
            remember(place + "/" + of, secret, "(" + key + ")");
            copy.put(of, secret);
        } catch (IllegalArgumentException e) {
            if (!draft) {
                throw error(at, String.valueOf(e.getMessage()));
            }
            missing(place + "/" + of, key + ": " + e.getMessage());
            copy.put(of, file);
        }
    }

    private String filled(String place, String text) {
        return VARIABLE.matcher(text)
                .replaceAll(match ->
                        java.util.regex.Matcher.quoteReplacement(secret(place, match.group(1))));
    }

    private String secret(String place, String name) {
        try {
            var value = Secrets.named(name, env);
            if (value != null) {
                remember(place, value, "${" + name + "}");
                return value;
            }
            missing(place, "${" + name + "} is not set in the environment");
        } catch (IllegalArgumentException e) {
            missing(place, "${" + name + "}: " + e.getMessage());
        }
        return "${" + name + "}";
    }

    private void remember(String place, String value, String shown) {
        secrets.computeIfAbsent(place, _ -> new HashMap<>()).put(value, shown);
    }

    /// What a draft may lack, as it is there where the file is used.
    ///
    /// @throws ConfigException unless this is one
    private void missing(String place, String what) {
        if (!draft) {
            throw error(place, what);
        }
        unset.computeIfAbsent(place, at -> new TreeSet<>()).add(what);
    }
}
