package dev.tocsin.it.guarantee;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What the notifier promises (DESIGN section 7).
public final class Guarantees {
    private static final LastWord LAST_WORD = new LastWord();

    private static final List<Guarantee> ALL =
            List.of(
                    LAST_WORD,
                    new InOrder(),
                    new OneId(),
                    new NothingTwice(),
                    new Repetitions(),
                    new OnRecord(),
                    new OnlyWhatWas(),
                    new Notes());

    /// Shows so many of what breaks one.
    private static final int SHOWN = 5;

    private Guarantees() {}

    /// What is not told yet of what is so.
    public static List<String> untold(History history) {
        return LAST_WORD.broken(history);
    }

    /// What breaks any, by promise; empty when all hold.
    public static String broken(History history) {
        return ALL.stream()
                .map(guarantee -> {
                    var broken = guarantee.broken(history);
                    return broken.isEmpty()
                            ? ""
                            : "%s is broken %d times:\n  %s\n"
                                    .formatted(
                                            guarantee.getClass().getSimpleName(),
                                            broken.size(),
                                            broken.stream()
                                                    .limit(SHOWN)
                                                    .collect(Collectors.joining("\n  ")));
                })
                .collect(Collectors.joining());
    }

    /// For the one who reads: how much there was to judge.
    public static String summary(History history) {
        return "%d events of %d incidents, %d requests of which %d were taken, %d digests, %d repetitions after a fault and %d after an answer that its target lost, %d late, %d reopenings that were over before they could be told, %d attempts on record"
                        .formatted(
                                history.events().size(),
                                history.incidents().size(),
                                history.requests().size(),
                                history.requests().stream().filter(Request::taken).count(),
                                history.requests().stream().filter(Request::digest).count(),
                                Repetitions.count(history, true),
                                Repetitions.count(history, false),
                                history.requests().stream().filter(Request::late).count(),
                                LastWord.passedUntold(history),
                                history.attempts().size())
                + history.targets().stream()
                        .map(target ->
                                "\n  %s: %d requests, %d not taken, %d taken without an answer"
                                        .formatted(
                                                target,
                                                count(history, target, _ -> true),
                                                count(history, target, one -> !one.taken()),
                                                count(
                                                        history,
                                                        target,
                                                        one -> one.taken() && !one.answered())))
                        .collect(Collectors.joining());
    }

    private static long count(History history, String target, Predicate<Request> which) {
        return history.requests().stream()
                .filter(request -> request.target().equals(target))
                .filter(which)
                .count();
    }
}
