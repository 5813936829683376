package dev.tocsin.agent.publish;

import dev.tocsin.schemas.CheckResult;
import dev.tocsin.schemas.Failure;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes what says too much fit: what a target answers is no reason to lose the verdict on it.
public final class Clip {
    private static final int CODE_AT_MOST = 100;
    private static final int DETAIL_AT_MOST = 1000;
    private static final int CONDITIONS_AT_MOST = 20;
    private static final int CONDITION_AT_MOST = 200;
    private static final int ATTRIBUTES_AT_MOST = 4096;
    private static final int ADDRESS_AT_MOST = 200;

    private Clip() {}

    /// @return the same one where nothing is too long
    static CheckResult fit(CheckResult result) {
        var failure = failure(result.getFailure());
        var conditions = conditions(result.getFailedConditions());
        var attributes = attributes(result.getAttributes());
        var address = result.getAddress();
        var shortAddress = address == null ? null : text(ADDRESS_AT_MOST, address);
        if (Objects.equals(failure, result.getFailure())
                && conditions.equals(result.getFailedConditions())
                && attributes.equals(result.getAttributes())
                && Objects.equals(shortAddress, address)) {
            return result;
        }
        return CheckResult.newBuilder(result)
                .setFailure(failure)
                .setFailedConditions(conditions)
                .setAttributes(attributes)
                .setAddress(shortAddress)
                .build();
    }

    private static @Nullable Failure failure(@Nullable Failure failure) {
        return failure == null
                ? null
                : new Failure(
                        failure.getPhase(),
                        text(CODE_AT_MOST, failure.getCode()),
                        text(DETAIL_AT_MOST, failure.getDetail()));
    }

    private static List<String> conditions(List<String> conditions) {
        return conditions.stream()
                .limit(CONDITIONS_AT_MOST)
                .map(c -> text(CONDITION_AT_MOST, c))
                .toList();
    }

    /// The first by name that fit together.
    private static Map<String, String> attributes(Map<String, String> attributes) {
        var fit = new TreeMap<String, String>();
        int left = ATTRIBUTES_AT_MOST;
        for (var attribute : new TreeMap<>(attributes).entrySet()) {
            int size = attribute.getKey().length() + attribute.getValue().length();
            if (size <= left) {
                fit.put(attribute.getKey(), attribute.getValue());
                left -= size;
            }
        }
        return fit;
    }

    private static String text(int most, String text) {
        return dev.tocsin.service.Clip.to(most, text);
    }
}
