package dev.tocsin.agent.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.agent.probe.Probe;
import dev.tocsin.agent.probe.ProbeType;
import dev.tocsin.agent.probe.ProbeTypes;
import dev.tocsin.agent.probe.run.Deadline;
import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.agent.probe.run.Resolver;
import dev.tocsin.agent.probe.run.Room;
import dev.tocsin.agent.probe.run.Run;
import dev.tocsin.agent.probe.run.Trace;
import dev.tocsin.schemas.CheckDefinition;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.IncidentPolicy;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.service.Durations;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// A definition that can be run. What was filled into it stands in nothing that it says.
public final class Check {
    private static final ObjectMapper SPECS =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                    .addModule(Durations.jackson())
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();
    private static final int DETAIL_CAP = 300;

    /// The code of what is our own fault.
    public static final String BUG = "bug";

    /// What one run found.
    ///
    /// @param failure null unless the outcome is FAIL or ERROR
    public record Finding(
            Outcome outcome,
            @Nullable Failure failure,
            List<String> failedConditions,
            Duration took,
            Trace trace) {}

    private final CheckDefinition definition;
    private final Probe probe;
    private final List<Condition> conditions;
    private final List<Condition> degraded;
    private final Filled filled;
    private final boolean body;
    private final boolean timed;

    Check(
            CheckDefinition definition,
            Probe probe,
            List<Condition> conditions,
            List<Condition> degraded,
            Filled filled) {
        this.definition = definition;
        this.probe = probe;
        this.conditions = conditions;
        this.degraded = degraded;
        this.filled = filled;
        body = reads("BODY");
        timed = reads("RESPONSE_TIME");
    }

    private boolean reads(String placeholder) {
        return Stream.of(conditions, degraded)
                .flatMap(List::stream)
                .anyMatch(condition -> condition.placeholder().equals(placeholder));
    }

    public CheckDefinition definition() {
        return definition;
    }

    /// A definition that stands in no file: a url, and its type's own conditions.
    public static CheckDefinition bare(String id, String url, ProbeType<?> type, Duration timeout) {
        return CheckDefinition.newBuilder()
                .setCheckId(id)
                .setConfigVersion("")
                .setName(url)
                .setService(id)
                .setUrl(url)
                .setProbe(type.name())
                .setIntervalMs(timeout.toMillis())
                .setTimeoutMs(timeout.toMillis())
                .setRegions(List.of())
                .setConditions(type.conditions())
                .setIncident(IncidentPolicy.newBuilder().build())
                .build();
    }

    /// @param secrets gives the value of a `${NAME}`; throws [IllegalArgumentException] where it may not or cannot
    /// @throws IllegalArgumentException when this agent cannot run the definition
    public static Check of(CheckDefinition definition, UnaryOperator<String> secrets) {
        var filled = new Filled(secrets);
        return new Check(
                definition,
                probe(definition, filled),
                conditions("conditions", definition.getConditions()),
                conditions("degraded-conditions", definition.getDegradedConditions()),
                filled);
    }

    /// Why no agent can run the definition, whatever its secrets are: a line for each of its parts.
    static List<String> mistakes(CheckDefinition definition) {
        var mistakes = new ArrayList<String>();
        // Only of what is written anew: a definition that is in force goes on as it did.
        Consumer<Condition> found =
                one ->
                        ProbeTypes.named(definition.getProbe())
                                .ifPresent(type -> one.requireSense(type.found(one.placeholder())));
        for (Runnable part :
                List.<Runnable>of(
                        () -> probe(definition, new Filled(_ -> "secret")),
                        () -> conditions("conditions", definition.getConditions(), found),
                        () ->
                                conditions(
                                        "degraded-conditions",
                                        definition.getDegradedConditions(),
                                        found))) {
            try {
                part.run();
            } catch (IllegalArgumentException e) {
                mistakes.add(String.valueOf(e.getMessage()));
            }
        }
        return mistakes;
    }

    private static Probe probe(CheckDefinition definition, Filled filled) {
        var type =
                ProbeTypes.named(definition.getProbe())
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "probe: this agent has no \""
                                                + definition.getProbe()
                                                + "\""));
        return probe(type, definition, filled);
    }

    /// What a filled-in text is wrong with is said without it: of the definition itself, or of which names do not fit.
    private static Probe probe(ProbeType<?> type, CheckDefinition definition, Filled filled) {
        try {
            return make(type, definition, filled);
        } catch (IllegalArgumentException e) {
            if (filled.none()) {
                throw e;
            }
            var _ = make(type, definition, new Filled(_ -> "secret"));
            throw new IllegalArgumentException(
                    "cannot be used with what "
                            + filled.names()
                            + " is on this agent"); // no cause: it says the value
        }
    }

    private static Probe make(ProbeType<?> type, CheckDefinition definition, Filled filled) {
        var url = filled.in(definition.getUrl(), value -> value);
        // The block is JSON: a quote in a password must not end its text.
        var block =
                filled.in(
                        definition.getProbeSpec(),
                        value -> new String(JsonStringEncoder.getInstance().quoteAsString(value)));
        return probe(type, url, block);
    }

    private static List<Condition> conditions(String key, List<String> texts) {
        return conditions(key, texts, _ -> {});
    }

    /// @param rule of each of them
    private static List<Condition> conditions(
            String key, List<String> texts, Consumer<Condition> rule) {
        try {
            var conditions = texts.stream().map(Condition::parse).toList();
            conditions.forEach(rule);
            return conditions;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private static URI target(String url) {
        var target = URI.create(url);
        if (target.getPort() == 0 || target.getPort() > 65_535) {
            throw new IllegalArgumentException("a port is from 1 to 65535");
        }
        return target;
    }

    private static <S> Probe probe(ProbeType<S> type, String url, String block) {
        try {
            return type.factory()
                    .apply(
                            target(url),
                            SPECS.readValue(block.isEmpty() ? "{}" : block, type.spec()));
        } catch (JsonProcessingException e) {
            var why =
                    e.getCause() instanceof IllegalArgumentException own
                            ? own.getMessage()
                            : e.getOriginalMessage();
            throw new IllegalArgumentException(type.name() + ": " + why, e);
        } catch (IllegalArgumentException e) {
            var message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(
                    message.matches("(?s)[a-z.-]+: .*") ? message : "url: " + message, e);
        }
    }

    /// Runs the probe once and judges what it found. Never throws for anything the target does, nor for what that does to this
    /// process: an Error is an outcome, too.
    public Finding run(Resolver resolver) {
        return run(resolver, Room.OF_THE_PROCESS);
    }

    /// @param room of all that run beside it
    public Finding run(Resolver resolver, Room room) {
        var trace = new Trace(filled::hide);
        var deadline = Deadline.after(Duration.ofMillis(definition.getTimeoutMs()));
        long started = System.nanoTime();
        var share = room.share(deadline);
        try (share) {
            var run = new Run(deadline, resolver, trace, share, body);
            var values = new HashMap<String, Object>(probe.run(run));
            trace.leave();
            if (share.waited() && timed) {
                throw Room.Share.noMemory(); // how long it took is not the target's time
            }
            var took = Duration.ofNanos(System.nanoTime() - started);
            values.put("CONNECTED", true);
            values.put("RESPONSE_TIME", took.toMillis());
            var address = trace.connectedTo();
            if (address != null) {
                values.put("IP", address);
            }
            return judge(values, took, trace);
        } catch (Throwable e) {
            var took = Duration.ofNanos(System.nanoTime() - started);
            var failure = failure(share.waited() ? Room.Share.noMemory() : e, deadline, trace);
            trace.note(
                    failure.getPhase()
                            + " failed: "
                            + failure.getCode()
                            + ", "
                            + failure.getDetail());
            trace.leave();
            var outcome = failure.getPhase() == Phase.INTERNAL ? Outcome.ERROR : Outcome.FAIL;
            return new Finding(outcome, failure, List.of(), took, trace);
        }
    }

    private Finding judge(Map<String, Object> values, Duration took, Trace trace) {
        var failed = failed(conditions, values);
        if (!failed.isEmpty()) {
            var failure = new Failure(Phase.ASSERTION, "condition", cut(failed.getFirst()));
            return new Finding(Outcome.FAIL, failure, failed, took, trace);
        }
        var slow = failed(degraded, values);
        return new Finding(
                slow.isEmpty() ? Outcome.PASS : Outcome.DEGRADED, null, slow, took, trace);
    }

    private List<String> failed(List<Condition> all, Map<String, Object> values) {
        return all.stream()
                .map(c -> c.check(values, filled::hide))
                .filter(java.util.Objects::nonNull)
                .map(String::valueOf)
                .toList();
    }

    private Failure failure(Throwable e, Deadline deadline, Trace trace) {
        if (e instanceof ProbeFailure known) {
            return new Failure(known.phase(), known.code(), cut(known.getMessage()));
        }
        if (saturated(e)) {
            return new Failure(Phase.INTERNAL, "no-handles", cut(e.toString()));
        }
        if (!(e instanceof IOException)) {
            var at = e.getStackTrace();
            return new Failure(
                    Phase.INTERNAL, BUG, cut(e + (at.length == 0 ? "" : " at " + at[0])));
        }
        if (deadline.expired()
                || e instanceof SocketTimeoutException
                || e instanceof InterruptedIOException) {
            return new Failure(
                    Phase.TIMEOUT,
                    trace.phase().name().toLowerCase(java.util.Locale.ROOT),
                    cut(e.getMessage()));
        }
        var code =
                switch (e) {
                    case ConnectException _ -> "refused";
                    case UnknownHostException _ -> "unknown-host";
                    case SSLException ssl -> certificateTrouble(ssl);
                    default -> "broken";
                };
        var phase = trace.phase() == Phase.INTERNAL ? Phase.CONNECT : trace.phase();
        return new Failure(phase, code, cut(e.getMessage()));
    }

    /// Whoever wraps it, and in whichever phase: it is this agent that has no handles left.
    private static boolean saturated(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (Resolver.noHandles(cause)) {
                return true;
            }
        }
        return false;
    }

    /// A stable word for what is wrong with the peer's certificate, `handshake` where it is something else.
    private static String certificateTrouble(SSLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case CertificateExpiredException _ -> {
                    return "expired";
                }
                case CertPathBuilderException _ -> {
                    return "untrusted";
                }
                case SSLPeerUnverifiedException _ -> {
                    return "wrong-host";
                }
                case CertificateException why
                        when String.valueOf(why.getMessage())
                                .startsWith("No subject alternative") -> {
                    return "wrong-host";
                }
                default -> {
                    // look deeper
                }
            }
        }
        return "handshake";
    }

    /// Hidden before it is cut and its lines are joined: a part of a secret is one.
    private String cut(@Nullable String detail) {
        return filled.hide(detail == null ? "" : detail, DETAIL_CAP).replaceAll("\\p{Cntrl}+", " ");
    }
}
