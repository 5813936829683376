package dev.tocsin.schemas.serde;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which registry is asked, and as whom. Two that are equal would be answered the same.
///
/// @param urls without credentials
/// @param authorization a header's value; null for none
/// @param ssl Kafka's own names and formats
record RegistrySettings(
        List<String> urls, @Nullable String authorization, Map<String, Object> ssl) {
    private static final String PREFIX = "schema.registry.";
    private static final String SSL = PREFIX + "ssl.";

    RegistrySettings {
        urls = List.copyOf(urls);
        ssl = Map.copyOf(ssl);
    }

    /// @param configs as [SchemaRegistry] takes them
    /// @throws IllegalArgumentException when there is no URL, or one that is none
    static RegistrySettings from(Map<String, ?> configs) {
        Object given = configs.get("schema.registry.url");
        if (given == null) {
            throw new IllegalArgumentException("schema.registry.url: missing");
        }
        var parsed =
                Stream.of(given.toString().split(","))
                        .map(url -> URI.create(url.strip().replaceAll("/+$", "")))
                        .toList();
        Object userInfo = configs.get("basic.auth.user.info");
        var source = configs.get("basic.auth.credentials.source");
        String credentials =
                userInfo != null && !"URL".equals(source)
                        ? userInfo.toString()
                        : parsed.getFirst().getUserInfo();
        var ssl = new HashMap<String, Object>();
        configs.forEach((key, value) -> {
            if (value != null && key.startsWith(SSL)) {
                ssl.put(key.substring(PREFIX.length()), value);
            }
        });
        return new RegistrySettings(
                parsed.stream().map(RegistrySettings::bare).toList(),
                credentials == null ? null : basic(credentials),
                ssl);
    }

    private static String bare(URI url) {
        return url.getUserInfo() == null
                ? url.toString()
                : url.toString().replace(url.getRawUserInfo() + "@", "");
    }

    private static String basic(String credentials) {
        return "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    /// Without secrets.
    @Override
    public String toString() {
        return String.join(",", urls);
    }
}
