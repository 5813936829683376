package dev.tocsin.incident.wire;

import dev.tocsin.incident.engine.Clip;
import dev.tocsin.incident.engine.check.Sample;
import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// What of a `CheckResult` decides: read field by field as its writer's schema lays them out, without the rest and without
/// making a record, since most results only say that all is still well. Holds the last one read. Not thread-safe.
public final class Ballot {
    /// A spool holds a day; what was written before an agent was cut off, or lay on a disk over a week's end, is still history.
    private static final long OLDEST_MS = Duration.ofDays(8).toMillis();

    private static final long AHEAD_MS = Duration.ofDays(1).toMillis();

    /// For people; what is longer belongs into a log.
    private static final int DETAIL_AT_MOST = 300;

    private static final int REGIONS_AT_MOST = 1000;
    private static final int CODE_AT_MOST = 60;
    private static final int ID_AT_MOST = 100;

    /// Ids that are remembered as text.
    private static final int AGENTS_AT_MOST = 10_000;

    private interface Field {
        void read(Ballot ballot, BinaryDecoder in) throws IOException;
    }

    private final IntFunction<Schema> schemas;
    private final Map<Integer, List<Field>> layouts = new HashMap<>();
    private final Map<Utf8, String> regions = new HashMap<>();
    private final Map<Utf8, String> agents = new HashMap<>();
    private @Nullable BinaryDecoder decoder;
    private Utf8 check = new Utf8();
    private Utf8 region = new Utf8();
    private Utf8 agent = new Utf8();
    private long bootEpoch;
    private long sequence;
    private long scheduledAtMs;
    private long startedAtMs;
    private long clockOffsetMs;
    private Outcome outcome = Outcome.UNKNOWN;
    private Phase phase = Phase.UNKNOWN;
    private String code = "";
    private String detail = "";
    private boolean failed;
    private Phase lastPhase = Phase.UNKNOWN;
    private String lastCode = "";
    private String lastKind = "UNKNOWN :";

    /// @param schemas by id, as the registry has them
    public Ballot(IntFunction<Schema> schemas) {
        this.schemas = schemas;
    }

    /// @throws SerializationException when this is no `CheckResult` in Confluent's frame
    public void read(byte[] value) {
        if (value.length < 5 || value[0] != 0) {
            throw new SerializationException("not Avro in Confluent's wire format");
        }
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        var layout = layouts.get(id);
        if (layout == null) {
            layout = layout(schemas.apply(id));
            layouts.put(id, layout);
        }
        clockOffsetMs = 0;
        outcome = Outcome.UNKNOWN;
        failed = false;
        try {
            decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, decoder);
            for (var field : layout) {
                field.read(this, decoder);
            }
        } catch (IOException | RuntimeException | StackOverflowError e) { // that lies too deep
            throw new SerializationException("cannot read schema id " + id + ": " + e, e);
        }
    }

    /// Whether it can be read here.
    public static boolean isResult(Schema schema) {
        return schema.getFullName().equals(CheckResult.SCHEMA$.getFullName());
    }

    /// How to read what counts from bytes of this schema, in order; what comes after the last of it is left alone.
    private static List<Field> layout(Schema schema) {
        if (!isResult(schema)) {
            throw new SerializationException(schema.getFullName() + " is no CheckResult");
        }
        var all = new ArrayList<Field>();
        int needed = 0;
        for (var field : schema.getFields()) {
            var known = known(field);
            all.add(known == null ? skip(field.schema()) : known);
            needed = known == null ? needed : all.size();
        }
        return List.copyOf(all.subList(0, needed));
    }

    private static @Nullable Field known(Schema.Field field) {
        var type = field.schema();
        return switch (field.name()) {
            case "check_id" -> (b, in) -> b.check = in.readString(b.check);
            case "region" -> (b, in) -> b.region = in.readString(b.region);
            case "agent_id" -> (b, in) -> b.agent = in.readString(b.agent);
            case "boot_epoch" -> (b, in) -> b.bootEpoch = in.readLong();
            case "sequence" -> (b, in) -> b.sequence = in.readLong();
            case "scheduled_at" -> (b, in) -> b.scheduledAtMs = in.readLong();
            case "started_at" -> (b, in) -> b.startedAtMs = in.readLong();
            case "clock_offset_ms" -> (b, in) -> b.clockOffsetMs = in.readLong();
            case "outcome" -> {
                var outcomes = symbols(type, Outcome.class, Outcome.UNKNOWN);
                yield (b, in) -> b.outcome = outcomes.get(in.readEnum());
            }
            case "failure" -> failure(type);
            default -> null;
        };
    }

    private static Field failure(Schema union) {
        var branches =
                union.getTypes().stream()
                        .map(branch ->
                                branch.getType() == Schema.Type.RECORD
                                        ? failureRecord(branch)
                                        : skip(branch))
                        .toList();
        return (b, in) -> branches.get(in.readIndex()).read(b, in);
    }

    private static Field failureRecord(Schema schema) {
        var fields =
                schema.getFields().stream()
                        .map(field ->
                                switch (field.name()) {
                                    case "phase" -> {
                                        var phases =
                                                symbols(field.schema(), Phase.class, Phase.UNKNOWN);
                                        yield (Field)
                                                (b, in) -> b.phase = phases.get(in.readEnum());
                                    }
                                    case "code" -> (Field) (b, in) -> b.code = in.readString();
                                    case "detail" -> (Field) (b, in) -> b.detail = in.readString();
                                    default -> skip(field.schema());
                                })
                        .toList();
        return (b, in) -> {
            b.failed = true;
            for (var field : fields) {
                field.read(b, in);
            }
        };
    }

    private static <E extends Enum<E>> List<E> symbols(Schema schema, Class<E> type, E unknown) {
        return schema.getEnumSymbols().stream()
                .map(symbol -> {
                    for (var constant : type.getEnumConstants()) {
                        if (constant.name().equals(symbol)) {
                            return constant;
                        }
                    }
                    return unknown;
                })
                .toList();
    }

    private static Field skip(Schema schema) {
        return switch (schema.getType()) {
            case STRING -> (_, in) -> in.skipString();
            case BYTES -> (_, in) -> in.skipBytes();
            case INT, LONG -> (_, in) -> in.readLong();
            case ENUM -> (_, in) -> in.readEnum();
            case BOOLEAN -> (_, in) -> in.readBoolean();
            case FLOAT -> (_, in) -> in.skipFixed(4);
            case DOUBLE -> (_, in) -> in.skipFixed(8);
            case NULL -> (_, in) -> in.readNull();
            case FIXED -> (_, in) -> in.skipFixed(schema.getFixedSize());
            case RECORD, ARRAY, MAP, UNION ->
                    (_, in) -> org.apache.avro.generic.GenericDatumReader.skip(schema, in);
        };
    }

    /// Whether it is of this check.
    public boolean isOf(@Nullable String id) {
        if (id == null || id.length() != check.getByteLength()) {
            return id != null && check.toString().equals(id);
        }
        var bytes = check.getBytes();
        for (int i = 0; i < id.length(); i++) {
            if (bytes[i] != id.charAt(i)) {
                return false; // also where it is not ASCII: then the lengths do not fit
            }
        }
        return true;
    }

    public String check() {
        return check.toString();
    }

    public String region() {
        return known(regions, region, REGIONS_AT_MOST);
    }

    public String agent() {
        return known(agents, agent, AGENTS_AT_MOST);
    }

    /// One copy of each name; somebody may write names that are none.
    private static String known(Map<Utf8, String> names, Utf8 name, int most) {
        var one = names.get(name);
        if (one == null) {
            if (names.size() == most) {
                names.clear();
            }
            one = name.toString();
            names.put(new Utf8(one), one);
        }
        return one;
    }

    public Outcome outcome() {
        return outcome;
    }

    /// Event time in ms since 1970: the agent's clock, corrected to the broker's.
    public long atMs() {
        return startedAtMs + clockOffsetMs;
    }

    /// What a result says of when it was is believed within what an agent's disk may hold, and a clock may be wrong by.
    ///
    /// @param appendedMs the broker's stamp
    /// @throws SerializationException when it cannot be so
    public void requirePlausible(long appendedMs) {
        requirePlausible("scheduled_at", scheduledAtMs, appendedMs);
        requirePlausible("started_at", startedAtMs, appendedMs);
    }

    private void requirePlausible(String what, long claimedMs, long appendedMs) {
        long atMs = claimedMs + clockOffsetMs;
        if (atMs < appendedMs - OLDEST_MS || atMs > appendedMs + AHEAD_MS) {
            throw new SerializationException(
                    "%s is %s, and came at %s"
                            .formatted(
                                    what,
                                    Instant.ofEpochMilli(claimedMs),
                                    Instant.ofEpochMilli(appendedMs)));
        }
    }

    /// Null for what does not vote.
    public @Nullable Vote vote() {
        return switch (outcome) {
            case PASS -> Vote.UP;
            case DEGRADED -> Vote.DEGRADED;
            case FAIL -> Vote.DOWN;
            case ERROR, MISSED, UNKNOWN -> null;
        };
    }

    /// What tells its failure apart from others: phase and code, without the details. "" where it has none.
    public String failureKind() {
        if (!failed) {
            return "";
        }
        if (phase != lastPhase || !code.equals(lastCode)) {
            lastPhase = phase;
            lastCode = code;
            lastKind = phase + " " + Clip.to(CODE_AT_MOST, code) + ":";
        }
        return lastKind;
    }

    /// The vote in it; null for what does not vote.
    public @Nullable Sample sample() {
        var vote = vote();
        return vote == null
                ? null
                : new Sample(
                        Instant.ofEpochMilli(atMs()),
                        vote,
                        Clip.to(ID_AT_MOST, agent()) + "/" + bootEpoch + "/" + sequence,
                        failed ? failureKind() + " " + Clip.to(DETAIL_AT_MOST, detail) : "");
    }

    /// The same of a result that was read as a whole.
    public static @Nullable Sample sample(CheckResult result) {
        var ballot = new Ballot(_ -> CheckResult.SCHEMA$);
        ballot.region = new Utf8(result.getRegion());
        ballot.agent = new Utf8(result.getAgentId());
        ballot.bootEpoch = result.getBootEpoch();
        ballot.sequence = result.getSequence();
        ballot.scheduledAtMs = result.getScheduledAt().toEpochMilli();
        ballot.startedAtMs = result.getStartedAt().toEpochMilli();
        ballot.clockOffsetMs = result.getClockOffsetMs();
        ballot.outcome = result.getOutcome();
        var failure = result.getFailure();
        ballot.failed = failure != null;
        if (failure != null) {
            ballot.phase = failure.getPhase();
            ballot.code = Objects.requireNonNull(failure.getCode());
            ballot.detail = failure.getDetail();
        }
        return ballot.sample();
    }
}
