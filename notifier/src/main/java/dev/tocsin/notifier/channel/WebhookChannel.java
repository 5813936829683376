package dev.tocsin.notifier.channel;

import dev.tocsin.notifier.mailbox.DeliveryResult;
import dev.tocsin.notifier.mailbox.DeliveryResult.Delivered;
import dev.tocsin.notifier.mailbox.DeliveryResult.Rejected;
import dev.tocsin.notifier.mailbox.DeliveryResult.Retry;
import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.text.MessageJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/// POSTs the message as JSON, signed as Standard Webhooks say. Only a 2xx is a delivery; redirects are not followed.
final class WebhookChannel implements Channel {
    static final ChannelType<Spec> TYPE =
            new ChannelType<>("webhook", Spec.class, WebhookChannel::reachable);
    private static final long ANSWER_CAP = 16 * 1024;
    private static final Duration RETRY_AFTER_CAP = Duration.ofHours(1);

    /// W3C Trace Context. What is no such is not sent on: whoever writes results could keep a webhook from ever being sent.
    private static final String TRACEPARENT = "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}";

    private static final MediaType JSON = MediaType.get("application/json");

    /// How many secrets a target has at once, while its receiver changes from one to the next.
    private static final int SECRETS = 3;

    /// A part of an address that is shorter is a word.
    private static final int PART_AT_LEAST = 8;

    /// @param url a secret where its path is one: never shown
    /// @param secret the newest first; each signs
    record Spec(@Nullable String url, @Nullable List<String> secret) {
        Spec {
            if (url == null || !url.matches("https?://.+")) {
                throw new IllegalArgumentException("url: must begin with https:// or http://");
            }
            if (secret == null || secret.stream().anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("secret: missing; every webhook is signed");
            }
            secret = lines(secret);
            if (secret.isEmpty()) {
                throw new IllegalArgumentException("secret: missing; every webhook is signed");
            }
            if (secret.size() > SECRETS) {
                throw new IllegalArgumentException(
                        "secret: at most %d at once, not %d".formatted(SECRETS, secret.size()));
            }
            secret.forEach(WebhookSignature::new);
            var _ = new Request.Builder().url(url);
        }

        /// In a file there is one a line.
        private static List<String> lines(List<String> secret) {
            return secret.stream()
                    .flatMap(String::lines)
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }

        @Override
        public String toString() {
            return "Spec[not shown]";
        }
    }

    private final OkHttpClient client;
    private final String url;
    private final String host;
    private final List<WebhookSignature> signatures;

    private final List<String> hide;

    /// What needs a look-up may be refused then; what does not, now.
    private static Map<String, Channel> reachable(Spec spec, JudgedHttp http) {
        var channel = new WebhookChannel(spec, http);
        http.rules()
                .refusal(channel.host)
                .ifPresent(why -> {
                    throw new IllegalArgumentException("url: " + why);
                });
        return Map.of("", channel);
    }

    WebhookChannel(Spec spec, JudgedHttp http) {
        this(spec, http.client());
    }

    WebhookChannel(Spec spec, JudgedHttp http, Duration total) {
        this(spec, http.client().newBuilder().callTimeout(total).build());
    }

    private WebhookChannel(Spec spec, OkHttpClient client) {
        this.client = client;
        url = Objects.requireNonNull(spec.url());
        var secrets = Objects.requireNonNull(spec.secret());
        signatures = secrets.stream().map(WebhookSignature::new).toList();
        host = HttpUrl.get(url).host();
        hide = hide(url, secrets);
    }

    /// Of the address alone: a new secret is the same target, and does not revive one that answered 410.
    @Override
    public String fingerprint() {
        return Fingerprint.of(url);
    }

    @Override
    public DeliveryResult deliver(Message message, Instant now) {
        var body = MessageJson.bytes(message);
        var request =
                new Request.Builder()
                        .url(url)
                        .post(RequestBody.create(body, JSON))
                        .header("webhook-id", message.id())
                        .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
                        .header("webhook-signature", signed(message.id(), now, body))
                        .header("User-Agent", "tocsin");
        if (message instanceof Message.One one
                && one.event().getTraceparent() != null
                && one.event().getTraceparent().matches(TRACEPARENT)) {
            request.header("traceparent", one.event().getTraceparent());
        }
        try (var response = client.newCall(request.build()).execute()) {
            return judge(response, now);
        } catch (IOException e) {
            var cause = JudgedHttp.cause(e);
            var said = hidden(String.valueOf(cause.getMessage()));
            return cause instanceof JudgedHttp.Refused
                    ? new Rejected(null, host + ": " + said, false)
                    : new Retry(null, cause.getClass().getSimpleName() + ": " + said, null);
        }
    }

    /// One signature for each secret: a receiver that knows any of them takes it.
    private String signed(String id, Instant now, byte[] body) {
        return signatures.stream()
                .map(signature -> signature.sign(id, now, body))
                .collect(Collectors.joining(" "));
    }

    /// The address may be a secret, so it goes out of every message, also where the target says it: whole, in parts, decoded or not.
    private String hidden(String text) {
        var hidden = text;
        for (var secret : hide) {
            hidden = hidden.replace(secret, "<hidden>");
        }
        return hidden;
    }

    /// What must not be shown, the longest first.
    private static List<String> hide(String url, List<String> secrets) {
        var parsed = HttpUrl.get(url);
        var all =
                new TreeSet<String>(
                        Comparator.<String>comparingInt(String::length)
                                .reversed()
                                .thenComparing(Comparator.naturalOrder()));
        all.add(url);
        all.addAll(secrets);
        all.add(url.replaceFirst("^https?://[^/?#]*", ""));
        all.add(parsed.toString());
        all.add(parsed.encodedPath());
        all.add("/" + String.join("/", parsed.pathSegments()));
        all.add(Objects.requireNonNullElse(parsed.encodedQuery(), ""));
        all.add(Objects.requireNonNullElse(parsed.query(), ""));
        all.removeIf(part -> part.length() < 2);
        Stream.of(parsed.pathSegments(), parsed.encodedPathSegments())
                .flatMap(List::stream)
                .filter(part -> part.length() >= PART_AT_LEAST)
                .forEach(all::add);
        return List.copyOf(all);
    }

    /// What it says why it did not take it, as far as that comes, without what is to be hidden.
    private String answer(Response response) {
        try {
            var answer = hidden(response.peekBody(ANSWER_CAP).string());
            return answer.substring(0, Math.min(200, answer.length()))
                    .replaceAll("\\p{Cntrl}+", " ");
        } catch (IOException e) {
            return "";
        }
    }

    private DeliveryResult judge(Response response, Instant now) {
        int status = response.code();
        if (response.isSuccessful()) {
            return new Delivered(status, "");
        }
        var detail = (status + " " + answer(response)).strip();
        if (status == 410) {
            return new Rejected(status, "410 Gone: the target wants nothing more", true);
        }
        if (status >= 500 || status == 429 || status == 408) {
            return new Retry(
                    status,
                    detail,
                    RetryAfter.parse(response.header("Retry-After"), now, RETRY_AFTER_CAP));
        }
        return new Rejected(status, detail, false);
    }
}
