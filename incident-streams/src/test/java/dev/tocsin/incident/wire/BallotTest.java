package dev.tocsin.incident.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.incident.engine.check.Vote;
import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import dev.tocsin.schemas.Outcome;
import dev.tocsin.schemas.Phase;
import dev.tocsin.schemas.TrustedRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

/// Reads what Avro reads.
class BallotTest {
    static {
        TrustedRecords.trust();
    }

    private static final Instant AT = Instant.parse("2026-11-25T00:00:00.123Z");

    private static <E extends Enum<E>> E any(Random random, Class<E> type) {
        var all = List.copyOf(EnumSet.allOf(type));
        return all.get(random.nextInt(all.size()));
    }

    private static CheckResult random(Random random) {
        var outcome = any(random, Outcome.class);
        var failure =
                random.nextBoolean()
                        ? null
                        : new Failure(
                                any(random, Phase.class),
                                "code" + random.nextInt(100),
                                random.nextBoolean() ? "" : "größer als erlaubt");
        return CheckResult.newBuilder()
                .setCheckId("check-" + random.nextInt())
                .setConfigVersion("v".repeat(random.nextInt(20)))
                .setRegion("region-" + random.nextInt(5))
                .setAgentId("agent-" + random.nextInt(5))
                .setBootEpoch(random.nextLong())
                .setSequence(random.nextLong())
                .setScheduledAt(AT)
                .setStartedAt(AT.plusMillis(random.nextInt()))
                .setClockOffsetMs(random.nextInt())
                .setDurationUs(random.nextLong())
                .setOutcome(outcome)
                .setFailure(failure)
                .setAddress("127.0.0.1")
                .setTimingsUs(new HashMap<>(Map.of("dns", 1L, "connect", 2L)))
                .setFailedConditions(List.of("[STATUS] == 200"))
                .build();
    }

    @Test
    void readsWhatWasWrittenFromTheSameSchema() {
        var ballot = new Ballot(_ -> CheckResult.getClassSchema());
        for (int seed = 0; seed < 500; seed++) {
            var result = random(new Random(seed));
            ballot.read(Frames.framed(result));
            assertThat(ballot.isOf(result.getCheckId())).isTrue();
            assertThat(ballot.isOf(result.getCheckId() + "x")).isFalse();
            assertThat(ballot.isOf("Check" + result.getCheckId().substring(5))).isFalse();
            assertThat(ballot.region()).isEqualTo(result.getRegion());
            assertThat(ballot.outcome()).isEqualTo(result.getOutcome());
            assertThat(ballot.sample()).as("seed " + seed).isEqualTo(Ballot.sample(result));
        }
    }

    @Test
    void readsAnotherOrderMoreFieldsAndWordsOfALaterRelease() throws IOException {
        var later =
                SchemaBuilder.record("CheckResult")
                        .namespace("dev.tocsin.schemas")
                        .fields()
                        .name("weights")
                        .type()
                        .map()
                        .values()
                        .doubleType()
                        .noDefault()
                        .name("outcome")
                        .type(
                                Schema.createEnum(
                                        "Outcome",
                                        null,
                                        "dev.tocsin.schemas",
                                        List.of("UNKNOWN", "SHAKY", "FAIL"),
                                        "UNKNOWN"))
                        .noDefault()
                        .requiredString("region")
                        .requiredLong("started_at")
                        .requiredString("check_id")
                        .requiredString("agent_id")
                        .endRecord();
        for (var word : List.of("FAIL", "SHAKY")) {
            var record = new GenericData.Record(later);
            record.put("weights", Map.of("a", 1.5));
            var outcome = Objects.requireNonNull(later.getField("outcome")).schema();
            record.put("outcome", new GenericData.EnumSymbol(outcome, word));
            record.put("region", "us");
            record.put("started_at", AT.toEpochMilli());
            record.put("check_id", "shop");
            record.put("agent_id", "us-1");
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes(new byte[] {0, 0, 0, 0, 7});
            new GenericDatumWriter<>(later)
                    .write(record, EncoderFactory.get().directBinaryEncoder(bytes, null));
            var ballot = new Ballot(_ -> later);
            ballot.read(bytes.toByteArray());
            assertThat(ballot.isOf("shop")).isTrue();
            var sample = ballot.sample();
            assertThat(sample == null ? null : sample.vote())
                    .as(word)
                    .isEqualTo(word.equals("FAIL") ? Vote.DOWN : null);
            assertThat(ballot.atMs()).isEqualTo(AT.toEpochMilli());
        }
    }

    @Test
    void whatIsNoResultIsRefused() {
        var ballot = new Ballot(_ -> CheckResult.getClassSchema());
        var whole = Frames.framed(random(new Random(1)));
        for (var bytes :
                List.of(new byte[0], new byte[] {1, 2, 3, 4, 5, 6}, Arrays.copyOf(whole, 20))) {
            assertThatThrownBy(() -> ballot.read(bytes)).isInstanceOf(SerializationException.class);
        }
        assertThatThrownBy(() -> new Ballot(_ -> Failure.getClassSchema()).read(whole))
                .hasMessageContaining("is no CheckResult");
    }

    /// Somebody's schema of that name, with a field of theirs that lies in itself.
    @Test
    void whatLiesTooDeepCannotBeRead() {
        var inner =
                SchemaBuilder.record("Inner")
                        .fields()
                        .name("inner")
                        .type()
                        .unionOf()
                        .nullType()
                        .and()
                        .type("Inner")
                        .endUnion()
                        .nullDefault()
                        .endRecord();
        var type = CheckResult.getClassSchema();
        var check = type.getField("check_id");
        var schema =
                Schema.createRecord(
                        type.getName(),
                        null,
                        type.getNamespace(),
                        false,
                        List.of(
                                new Schema.Field("theirs", inner),
                                new Schema.Field(check, check.schema())));
        var bytes = new byte[1_000_000];
        Arrays.fill(bytes, 5, bytes.length, (byte) 2); // the union's second branch
        bytes[4] = 1;
        assertThatThrownBy(() -> new Ballot(_ -> schema).read(bytes))
                .isInstanceOf(SerializationException.class);
    }
}
