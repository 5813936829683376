package dev.tocsin.notifier;

import dev.tocsin.notifier.mailbox.Message;
import dev.tocsin.notifier.mailbox.Notes;
import dev.tocsin.notifier.mailbox.Part;
import dev.tocsin.notifier.mailbox.Parts;
import dev.tocsin.notifier.mailbox.What;
import dev.tocsin.schemas.Decision;
import dev.tocsin.schemas.IncidentEvent;
import dev.tocsin.schemas.IncidentEventType;
import dev.tocsin.schemas.IncidentKind;
import dev.tocsin.schemas.OutageChild;
import dev.tocsin.schemas.Recurrence;
import dev.tocsin.schemas.RegionStatus;
import dev.tocsin.schemas.RegionVerdict;
import dev.tocsin.schemas.Severity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Messages of whatever size and characters, by a seed.
public final class Hostile {
    /// A control character is six bytes of JSON, an emoji four and a pair of surrogates, half of one nothing that UTF-8 has.
    private static final List<String> WORDS =
            List.of(
                    "a", "\u0000", "\u001f", "\"", "\\", "é", "語", "😀", "\ud83d", "\ude00", "&<",
                    "\r\n");

    private static final List<String> LONG =
            WORDS.stream().map(word -> word.repeat(1_000_000)).toList();

    private static final String MIXED =
            new Random(0)
                    .ints(2_000, 0, WORDS.size())
                    .mapToObj(WORDS::get)
                    .collect(Collectors.joining());

    private final Random random;

    private final int longest;

    /// What every text is; null where each is another.
    private final @Nullable String uniform;

    public Hostile(long seed) {
        random = new Random(seed);
        longest = List.of(1, 20, 100, 300, 1_000, 1_000_000).get(random.nextInt(6));
        uniform = random.nextInt(4) == 0 ? LONG.get(random.nextInt(LONG.size())) : null;
    }

    public Message message() {
        return random.nextInt(4) > 0
                ? one("i1")
                : new Message.Digest(
                        "d1",
                        1 + random.nextInt(100_000),
                        random.nextInt(2),
                        any(Severity.values()),
                        IntStream.rangeClosed(0, random.nextInt(30))
                                .mapToObj(i -> one("i" + i))
                                .toList());
    }

    private Message.One one(String incident) {
        var named = many(50, () -> new Part(text(), text(), any(IncidentKind.values()), flip()));
        return new Message.One(
                "d1",
                any(What.values()),
                event(incident),
                null,
                text(),
                new Notes(many(100, this::text), flip() ? 0 : 3, 200),
                new Parts(flip() ? 0 : named.size() + random.nextInt(10_000), 1, named));
    }

    private IncidentEvent event(String incident) {
        var children =
                many(
                        10_000,
                        () ->
                                OutageChild.newBuilder()
                                        .setIncidentId(text())
                                        .setCheckId(text())
                                        .setName(text())
                                        .setService(maybe())
                                        .setKind(any(IncidentKind.values()))
                                        .setOpen(flip())
                                        .setLabels(labels(3))
                                        .build());
        var regions =
                many(
                        1_000,
                        () ->
                                RegionStatus.newBuilder()
                                        .setRegion(text())
                                        .setVerdict(any(RegionVerdict.values()))
                                        .setSince(Instant.EPOCH)
                                        .setFailure(maybe())
                                        .build());
        var plain =
                Events.event(
                        incident,
                        random.nextLong(1, Long.MAX_VALUE),
                        any(IncidentEventType.values()),
                        any(Severity.values()),
                        labels(1_000));
        return IncidentEvent.newBuilder(plain)
                .setKey(text())
                .setCheckId(maybe())
                .setName(text())
                .setService(maybe())
                .setKind(any(IncidentKind.values()))
                .setOpen(flip())
                .setReason(text())
                .setResolution(maybe())
                .setRegions(regions)
                .setEndedAt(flip() ? null : Instant.parse("2026-11-24T01:00:00Z"))
                .setPreviousIncidentId(maybe())
                .setRecurrence(new Recurrence(random.nextInt(), random.nextInt()))
                .setDecision(new Decision(9, 9, 9, 9, 9, 9, text(), text()))
                .setConfigVersion(text())
                .setGroup(maybe())
                .setOutageId(maybe())
                .setSuppressedBy(maybe())
                .setRootIncidentId(maybe())
                .setReportedBy(random.nextInt())
                .setAcknowledgedBy(maybe())
                .setCommandId(maybe())
                .setServices(many(50, this::text))
                .setServicesCount(random.nextInt(1_000))
                .setChildren(children)
                .setChildrenCount(children.size() + random.nextInt(10_000))
                .setTraceparent(maybe())
                .build();
    }

    private String text() {
        if (uniform != null) {
            return uniform;
        }
        int size = random.nextInt(8) == 0 ? longest : random.nextInt(Math.min(longest, 200) + 1);
        if (random.nextInt(4) > 0) {
            var all = LONG.get(random.nextInt(LONG.size()));
            return size == 1_000_000 ? all : all.substring(0, size);
        }
        int from = random.nextInt(MIXED.length() / 2);
        return MIXED.substring(from, from + Math.min(size, MIXED.length() / 2));
    }

    private @Nullable String maybe() {
        return flip() ? null : text();
    }

    private Map<String, String> labels(int most) {
        var labels = new LinkedHashMap<String, String>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            labels.put(text(), text());
        }
        return labels;
    }

    private <T> List<T> many(int most, Supplier<T> one) {
        int size = random.nextInt(3) == 0 ? most : random.nextInt(Math.min(most, 30) + 1);
        var some = Stream.generate(one).limit(Math.min(size, 50)).toList();
        return IntStream.range(0, size).mapToObj(i -> some.get(i % some.size())).toList();
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private boolean flip() {
        return random.nextBoolean();
    }
}
